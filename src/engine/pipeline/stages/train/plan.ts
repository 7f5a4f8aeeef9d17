/** What a training depends on. */
import type { TrainStage } from '../../../project/definitions/stages/trainStage.ts';
import type { StagePlan } from '../stagePlan.ts';
import { ownTables } from '../../../../protocol/tables/storedNames.ts';
import { usualMetricsDigest } from '../tablesRead.ts';

export const trainPlan: StagePlan<TrainStage, undefined> = {
  revision: 7,
  resolve: async (_stage, { project, parts }) => {
    parts.values.seed = String(project.seed);
    parts.inputs[ownTables.usualMetrics] = usualMetricsDigest;
    return Promise.resolve(undefined);
  },
  opensRun: () => true,
  sampled: (stage) => stage,
};
