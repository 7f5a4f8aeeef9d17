/** Stages that train a model: their keys, and what they are to other stages. */
import * as z from 'zod';
import { thresholdMetrics } from '../../../../protocol/tables/metrics.ts';
import { leakageSeverities } from '../../../../protocol/tables/dataChecks.ts';
import { defaultTrainer, trainerNames, trainers } from '../../../../protocol/tables/trainers.ts';
import { severityWords } from '../limits.ts';
import { withinRange } from '../ranges.ts';
import { stageKeys } from '../stageKeys.ts';
import { defaultsOf, withDefault } from '../withDefault.ts';
import { trainerParams } from './hyperparameters.ts';
import {
  column,
  datasetName,
  decisionCosts,
  featuresName,
  leakageChecks,
  maxSharedRows,
  severity,
  share,
  stageUsesDescription,
} from './sharedKeys.ts';
import type { StageRole } from './stageRole.ts';

const validationDefinition = z
  .strictObject({
    split: z
      .enum(['time', 'random', 'stratified', 'group', 'kfold'])
      .optional()
      .describe(
        'How rows are held out: the latest, at random, at random with equal class shares, whole groups, or in turns. Default: `time` where the data set has a time column, else `stratified` (`random` for regression).',
      ),
    share: withDefault(z.number().gt(0).lt(1), 0.2, 'The share of rows held out.'),
    group: column.optional().describe('The column whose values must not be torn apart, for `group`.'),
    folds: withDefault(z.int().min(2).max(50), 5, 'The number of folds, for `kfold`.'),
    by: z
      .enum(['random', 'stratified', 'group', 'time'])
      .optional()
      .describe('How folds are made, for `kfold`. Default: `group` where a group is named, else as for `split`.'),
  })
  .describe('Which rows training holds out to measure itself.');

const trainLeakage = z
  .strictObject({
    max_shared_rows: maxSharedRows,
    max_association: withDefault(share, 0.998, 'How far one feature alone may tell the target, from 0 (not at all) to 1 (in every row).'),
    allow: z.array(z.string().min(1)).optional().describe('Features that may tell the target alone, because they are known in time.'),
    severity: z.partialRecord(z.enum(leakageChecks), severity).optional().describe(severityWords(leakageSeverities)),
  })
  .describe('Limits of the checks that nothing tells the model the answers it is measured by.');

const earlyStopping = z.strictObject({
  patience: withDefault(z.int().min(1), 10, `Rounds without improvement before training stops${withinRange('patience')}.`),
  min_delta: withDefault(z.number().min(0), 1e-7, 'The smallest improvement that counts.'),
});

export const trainStage = stageKeys('Trains a model and exports it as one ONNX graph over the raw columns.', {
  value: {
    dataset: datasetName('The data set to learn from.'),
    features: featuresName('The features to learn from, by their name under `features`.'),
    trainer: withDefault(
      z.enum(trainerNames),
      defaultTrainer,
      `${trainerNames.map((name) => `\`${name}\`: ${trainers[name].words()}`).join('; ')}.`,
    ),
    params: trainerParams.optional(),
    validation: validationDefinition.optional(),
    early_stopping: earlyStopping.optional().describe('Stops when the held-out loss no longer improves.'),
    threshold: withDefault(
      z.union([
        z.number().min(0).max(1),
        z.strictObject({
          maximize: z.enum(thresholdMetrics).describe('The metric that the threshold makes as large as possible on the held-out rows.'),
        }),
        z.strictObject({
          cost: decisionCosts.describe('The threshold with the smallest expected cost is chosen.'),
        }),
      ]),
      0.5,
      'From which probability a row counts as positive: a number, a metric to maximise on the held-out rows, or the costs of the two errors.',
    ),
    seeds: withDefault(
      z.int().min(1).max(50),
      1,
      "Trains with so many seeds, the project's and those after it, and logs mean and standard deviation. The first seed's model is kept.",
    ),
    leakage: trainLeakage.optional(),
  },
  content: { uses: z.literal('train').describe(stageUsesDescription) },
  nothing: {},
});

/** What holds where a train stage does not say. */
export const trainDefaults = {
  ...defaultsOf(trainStage),
  validation: defaultsOf(validationDefinition),
  early_stopping: defaultsOf(earlyStopping),
  leakage: defaultsOf(trainLeakage),
};

export type TrainStage = z.infer<typeof trainStage>;

export function trainRole({ dataset, trainer = defaultTrainer }: TrainStage): StageRole {
  return { dataset, detail: `train · ${trainer}` };
}
