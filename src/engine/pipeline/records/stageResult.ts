/** What is remembered of a completed execution of a stage. */
import * as z from 'zod';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { stageDefinitions } from '../../project/definitions/stage.ts';

const kinds = Object.keys(stageDefinitions) as [StageKind, ...StageKind[]];
const texts = z.record(z.string(), z.string());

const keyRecordSchema = z.object({
  kind: z.enum(kinds),
  revision: z.int(),
  values: texts,
  inputs: texts,
  local: texts,
});

const outputSchema = z.object({
  /** Relative to the project, with `/`. */
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  digest: z.string(),
});

const metricSchema = z.object({ name: z.string(), value: z.number(), baseline: z.number().optional() });

const stageResultSchema = z.object({
  runId: z.string().optional(),
  /** The model made, by its folder relative to the project. */
  model: z.object({ folder: z.string(), digest: z.string() }).optional(),
  registered: z
    .object({
      name: z.string(),
      version: z.int(),
      alias: z.string().optional(),
      created: z.boolean(),
      withheld: z.object({ alias: z.string(), reason: z.string() }).optional(),
    })
    .optional(),
  /** Of an evaluation: why an alias must not move to the model, in one sentence. */
  objection: z.string().optional(),
  metrics: z.array(metricSchema),
  /** Files and folders made, relative to the project; the cache keeps them. */
  outputs: z.array(z.string()),
  /** A report a person can open, relative to the project. */
  report: z.string().optional(),
  /** What the user should know. */
  notes: z.array(z.string()),
});

export const executionSchema = z.object({
  version: z.literal(1),
  stage: z.string(),
  key: z.string(),
  record: keyRecordSchema,
  finishedAt: z.number(),
  durationMs: z.number(),
  result: stageResultSchema,
  outputs: z.array(outputSchema),
});

/** What a stage made, as its executor reports it. */
export type StageResult = z.infer<typeof stageResultSchema>;
export type StageMetric = z.infer<typeof metricSchema>;
export type StoredOutput = z.infer<typeof outputSchema>;
/** A completed execution, in the cache and as the stage's latest. */
export type StageExecution = z.infer<typeof executionSchema>;

export const emptyResult: StageResult = { metrics: [], outputs: [], notes: [] };
