/** Keys that stages of several kinds have, and what their values refer to. */
import * as z from 'zod';
import { metricNames } from '../../../../protocol/tables/metrics.ts';
import { leakageSeverities, severities } from '../../../../protocol/tables/dataChecks.ts';
import { stageKinds } from '../../../../protocol/tables/stageKinds.ts';
import { withDefault } from '../withDefault.ts';

/** What the keys under a stage that decide its form are for. */
export const stageUsesDescription = `What the stage does: ${either(Object.keys(stageKinds).filter((kind) => kind !== 'run'))}.`;

function either(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

export const datasetName = (description: string): z.ZodString => z.string().meta({ description, refersTo: 'dataset' });
export const featuresName = (description: string): z.ZodString => z.string().meta({ description, refersTo: 'features' });
export const column = z.string().min(1).meta({ refersTo: 'column' });
export const share = z.number().min(0).max(1);
export const severity = z.enum(severities);

export const tensorColumns = z
  .array(column)
  .min(1)
  .optional()
  .describe(
    'For a model of another tool that takes all columns in one tensor: which ones, in its order. Default: those of its signature, else all columns of the data set but the target.',
  );

export const modelName = z
  .string()
  .min(1)
  .meta({ description: 'A train stage, or a registered model as `name@alias` or `name/version`.', refersTo: 'model' });
export const metricName = z.enum(metricNames);

export const decisionCosts = z
  .strictObject({
    false_positive: z.number().min(0).describe('The cost of a negative row that counts as positive.'),
    false_negative: z.number().min(0).describe('The cost of a positive row that counts as negative.'),
  })
  .describe('What the two errors cost.');

export const maxSharedRows = withDefault(
  share,
  0.001,
  'The largest share of rows measured on that may equal a row learned from in all that the model reads.',
);

export const leakageChecks = Object.keys(leakageSeverities) as (keyof typeof leakageSeverities)[];
