/** Keys under `features:`. */
import * as z from 'zod';

const numericOptions = z
  .strictObject({
    value: z
      .string()
      .min(1)
      .meta({ refersTo: 'expression' })
      .optional()
      .describe('A feature expression. Default: the column of this name.'),
    impute: z
      .union([z.enum(['mean', 'median', 'mode', 'none']), z.number()])
      .optional()
      .describe('What stands for a missing value. Default: `none` for trees, `median` for linear trainers.'),
    indicator: z
      .boolean()
      .optional()
      .describe('Whether a second column, `<name>_missing`, says where the value is missing: 1 there, 0 elsewhere. Default: false.'),
    scale: z
      .enum(['standard', 'none'])
      .optional()
      .describe('Whether to centre and scale. Default: `none` for trees, `standard` for linear trainers.'),
  })
  .describe('One numeric feature.');

const categoricalOptions = z
  .strictObject({
    value: z.string().min(1).meta({ refersTo: 'column' }).optional().describe('The column. Default: the column of this name.'),
    encode: z
      .enum(['native', 'one_hot', 'ordinal', 'target'])
      .optional()
      .describe('How the trainer sees the levels. Default: `native` for trees, `one_hot` for linear trainers.'),
    max_levels: z.int().min(2).optional().describe('The most frequent levels to keep; the rest become one.'),
  })
  .describe('One categorical feature.');

const cyclicalOptions = z
  .strictObject({
    value: z.string().min(1).meta({ refersTo: 'expression' }).describe('A feature expression, for example `hour(date)`.'),
    period: z.number().positive().describe('The length of the cycle in the unit of `value`: 24 for hours, 7 for weekdays.'),
  })
  .describe('One cyclical feature; it becomes a sine and a cosine.');

export const featuresDefinition = z
  .strictObject({
    target: z
      .union([z.string().min(1).meta({ refersTo: 'column' }), z.record(z.string(), z.string().min(1).meta({ refersTo: 'condition' }))])
      .describe('What the model predicts: a column, or one name with a SQL expression such as `{late: "delay > 15"}`.'),
    numeric: z
      .union([z.array(z.string().min(1).meta({ refersTo: 'column' })), z.record(z.string(), numericOptions)])
      .optional()
      .describe('Numeric features: a list of columns, or names with options.'),
    categorical: z
      .union([z.array(z.string().min(1).meta({ refersTo: 'column' })), z.record(z.string(), categoricalOptions)])
      .optional()
      .describe('Categorical features: a list of columns, or names with options.'),
    cyclical: z.record(z.string(), cyclicalOptions).optional().describe('Features that come round: hour of the day, day of the week.'),
  })
  .describe('How raw columns become the inputs of a model. Compiled into the model itself.');

export type FeaturesSpec = z.infer<typeof featuresDefinition>;
