/** Reads and writes `millwright.json`: the file is checked, for a model folder may come from anywhere. */
import * as z from 'zod';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { tasks } from '../../../protocol/evaluation.ts';
import { instant, readOptions } from '../../project/definitions/dataset.ts';
import { anyTimeFormat } from '../../project/definitions/timeFormat.ts';
import type { ModelDescription } from './model.ts';

const bound = z.union([z.number(), instant]);

const schema = z.object({
  version: z.literal(1),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  task: z.enum(tasks),
  target: z.string(),
  targetExpression: z.string().optional(),
  classes: z.array(z.string()),
  threshold: z.number().optional(),
  thresholdChoice: z
    .discriminatedUnion('by', [
      z.object({ by: z.literal('default') }),
      z.object({ by: z.literal('number') }),
      z.object({ by: z.literal('maximize'), metric: z.string() }),
      z.object({ by: z.literal('cost'), costs: z.object({ falsePositive: z.number(), falseNegative: z.number() }) }),
    ])
    .optional(),
  inputs: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['integer', 'number', 'boolean', 'category', 'text', 'timestamp']),
      tensor: z.enum(['double', 'int64', 'string']),
      nullable: z.boolean(),
      storedAs: z.string().optional(),
      format: anyTimeFormat.optional(),
      min: bound.optional(),
      max: bound.optional(),
      values: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
      levels: z.array(z.union([z.string(), z.number()])).optional(),
    }),
  ),
  values: readOptions.pick({ null_values: true, decimal: true, thousands: true, symbols: true }).optional(),
  trainer: z.string(),
  importance: z.array(z.object({ feature: z.string(), share: z.number() })),
  refit: z.object({ folds: z.int(), rows: z.int() }).optional(),
  trainedOn: z
    .object({
      dataset: z.string(),
      digest: z.string(),
      time: z.object({ column: z.string(), first: instant, last: instant }).optional(),
    })
    .optional(),
});

/** @throws AppError `inference.badDescription` */
export function parseModelDescription(content: Uint8Array, path: string): ModelDescription {
  const failure = (cause?: unknown): AppError =>
    new AppError('inference.badDescription', t('{path} does not describe a model.', { path }), {
      args: { path },
      cause,
      remedy: t('Train the model again, or restore the file.'),
    });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw failure(cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw failure(parsed.error);
  const { targetExpression, threshold, ...rest } = parsed.data;
  return { ...rest, targetExpression, threshold };
}

/** The text of `millwright.json`: equal descriptions give equal bytes. */
export function formatModelDescription(description: ModelDescription): string {
  return `${JSON.stringify(description, undefined, 2)}\n`;
}
