/** Stages that measure a model or predictions: their keys, and what they are to other stages. */
import * as z from 'zod';
import { tasks } from '../../../../protocol/evaluation.ts';
import { leakageSeverities } from '../../../../protocol/tables/dataChecks.ts';
import { defaultK } from '../../../../protocol/tables/metrics.ts';
import { severityWords } from '../limits.ts';
import { stageKeys } from '../stageKeys.ts';
import { defaultsOf, withDefault } from '../withDefault.ts';
import {
  column,
  datasetName,
  decisionCosts,
  leakageChecks,
  maxSharedRows,
  metricName,
  modelName,
  severity,
  stageUsesDescription,
  tensorColumns,
} from './sharedKeys.ts';
import type { StageRole } from './stageRole.ts';

const evaluateLeakage = z
  .strictObject({
    max_shared_rows: maxSharedRows,
    severity: z
      .partialRecord(z.enum(leakageChecks).exclude(['association']), severity)
      .optional()
      .describe(severityWords(leakageSeverities)),
  })
  .describe('Limits of the checks that the model has not learned from the rows it is measured on, nor from later ones.');

const gateLimits = z
  .strictObject({
    min: z.number().optional().describe('The smallest value that passes.'),
    max: z.number().optional().describe('The largest value that passes.'),
    beats: z.string().optional().describe('A registered model, as `name@alias`, that must not be better.'),
  })
  .meta({ description: 'What a metric must reach.', bound: 'min' });

const predictionsDefinition = z
  .strictObject({
    target: column.describe('The column of the truth.'),
    score: column
      .optional()
      .describe('The column with the score of the positive class: a probability, or any number that rises with it. Two classes.'),
    prediction: column
      .optional()
      .describe(
        'The column of the predicted value or class, where there is no score. Numbers are those of a regression unless `task` says otherwise.',
      ),
    probabilities: z
      .record(z.string(), column)
      .optional()
      .describe('The column of the probability of each class, by class: `{cat: p_cat, dog: p_dog}`.'),
    positive: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe('The positive class of two. Default: 1 or true, else the second by name.'),
    threshold: z.number().optional().describe('From which score on a row counts as positive. Default: 0.5 where scores are probabilities.'),
    task: z.enum(tasks).optional().describe('What is predicted. Default: what the columns show.'),
  })
  .describe('Predictions that are columns of the data set, whoever made them.');

export const evaluateStage = stageKeys('Measures a model, or a column of predictions, on a data set.', {
  value: {
    model: modelName.optional(),
    predictions: predictionsDefinition.optional(),
    dataset: datasetName('The data set to measure on.'),
    target: column.optional().describe("The column that a model of another tool predicts; Millwright's own models know theirs."),
    inputs: tensorColumns,
    metrics: z.array(metricName).min(1).optional().describe('The metrics to compute. Default: those usual for the task.'),
    group: column
      .optional()
      .describe('The column whose equal values are one list to be ranked (a query, a user). Intervals then draw whole groups.'),
    k: withDefault(
      z.union([z.int().min(1), z.array(z.int().min(1)).min(1)]),
      defaultK,
      'How many of the highest scores of a group `ndcg_at_k` and `map_at_k` look at; several are measured each.',
    ),
    sample_weight: column.optional().describe("The column of the rows' weights."),
    segments: z.array(column).optional().describe('Columns by whose values the metrics are broken down.'),
    cost: decisionCosts
      .optional()
      .describe("What the two errors cost, for the cost curve. Default: the costs that the model's threshold was chosen by."),
    baseline: z
      .string()
      .optional()
      .describe(
        'What to compare with: `majority`, `mean`, or a registered model as `name@alias`. Default: majority (mean for regression).',
      ),
    gate: z.partialRecord(metricName, gateLimits).optional().describe('Limits that fail the stage.'),
    leakage: evaluateLeakage.optional(),
  },
  content: { uses: z.literal('evaluate').describe(stageUsesDescription) },
  nothing: {},
});

/** What holds where an evaluate stage does not say. */
export const evaluateDefaults = { ...defaultsOf(evaluateStage), leakage: defaultsOf(evaluateLeakage) };
export type EvaluateStage = z.infer<typeof evaluateStage>;

export function evaluateRole({ dataset, model, baseline, gate = {} }: EvaluateStage): StageRole {
  const beaten = Object.entries(gate).map(([metric, { beats }]) => ({ model: beats, at: ['gate', metric, 'beats'] }));
  const compares = [{ model: baseline, at: ['baseline'] }, ...beaten];
  return {
    dataset,
    model,
    judges: model,
    compares: compares.flatMap(({ model: other, at }) => (other === undefined ? [] : [{ model: other, at }])),
  };
}
