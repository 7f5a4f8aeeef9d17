/** Keys under `features:`. */
import * as z from 'zod';
import { featureDefaults } from '../../../protocol/tables/trainers.ts';
import { defaultsOf, withDefault } from './withDefault.ts';

const { trees, linear } = featureDefaults;

/** What holds for a learner of each kind. */
function byLearner(option: keyof typeof trees): string {
  return `Default: \`${trees[option]}\` for trees, \`${linear[option]}\` for linear trainers.`;
}

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
      .describe(`What stands for a missing value. ${byLearner('impute')}`),
    indicator: withDefault(
      z.boolean(),
      false,
      'Whether a second column, `<name>_missing`, says where the value is missing: 1 there, 0 elsewhere.',
    ),
    scale: z
      .enum(['standard', 'none'])
      .optional()
      .describe(`Whether to centre and scale. ${byLearner('scale')}`),
  })
  .describe('One numeric feature.');

const categoricalOptions = z
  .strictObject({
    value: z.string().min(1).meta({ refersTo: 'column' }).optional().describe('The column. Default: the column of this name.'),
    encode: z
      .enum(['native', 'one_hot', 'ordinal', 'target'])
      .optional()
      .describe(`How the trainer sees the levels. ${byLearner('encode')}`),
    max_levels: z.int().min(2).optional().describe('The most frequent levels to keep; the rest become one.'),
    missing: withDefault(
      z.enum(['level', 'unseen']),
      'unseen',
      'What a missing value is: `level`: a level of its own; `unseen`: one that training has not seen, all of which share one code.',
    ),
  })
  .describe('One categorical feature.');

/** What holds for a feature that does not say. */
export const optionDefaults = { numeric: defaultsOf(numericOptions), categorical: defaultsOf(categoricalOptions) };

const cyclicalOptions = z
  .strictObject({
    value: z.string().min(1).meta({ refersTo: 'expression' }).describe('A feature expression, for example `hour(date)`.'),
    period: z.number().positive().describe('The length of the cycle in the unit of `value`: 24 for hours, 7 for weekdays.'),
  })
  .describe('One cyclical feature; it becomes a sine and a cosine.');

const condition = z.string().min(1).meta({ refersTo: 'condition' });

const targetOptions = z
  .object({
    column: z.string().min(1).meta({ refersTo: 'column' }).optional().describe('The column that the model predicts.'),
    positive: z
      .union([z.string().min(1), z.number(), z.boolean()])
      .optional()
      .describe(
        'The positive class of two, as it stands in the data: probabilities, thresholds and metrics are those of this class. Default: 1 or true, else the second by name.',
      ),
  })
  .catchall(condition);

export const featuresDefinition = z
  .strictObject({
    target: z
      .union([z.string().min(1).meta({ refersTo: 'column' }), targetOptions])
      .describe(
        'What the model predicts: a column (`survived`, or `{column: survived, positive: "yes"}`), or one name with a SQL expression such as `{late: "delay > 15"}`.',
      ),
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

/** What the model predicts, whichever way it is written. */
export interface TargetDefinition {
  readonly name: string;
  /** In SQL, where it is not a column. */
  readonly expression: string | undefined;
  /** The positive class of two, where it is named. */
  readonly positive: string | number | boolean | undefined;
}

/** @returns undefined where the target names none, or several */
export function targetDefinition(target: FeaturesSpec['target']): TargetDefinition | undefined {
  if (typeof target === 'string') return { name: target, expression: undefined, positive: undefined };
  const { column, positive, ...computed } = target;
  const [entry, ...further] = [...(column === undefined ? [] : [[column, undefined] as const]), ...Object.entries(computed)];
  return entry === undefined || further.length > 0 ? undefined : { name: entry[0], expression: entry[1], positive };
}
