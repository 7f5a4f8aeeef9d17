/** What a prediction depends on. */
import { rowCounts } from '../../../../protocol/headlineMetric.ts';
import type { PredictStage } from '../../../project/definitions/stages/predictStage.ts';
import type { ModelSource } from '../../models/modelSource.ts';
import { addModel } from '../addModel.ts';
import type { StagePlan } from '../stagePlan.ts';

export interface Predicted {
  readonly model: ModelSource;
}

export const predictPlan: StagePlan<PredictStage, Predicted> = {
  revision: 2,
  resolve: async ({ model }, resolution) => ({ model: await addModel(model, resolution) }),
  opensRun: () => false,
  sampled: (stage) => stage,
  headline: () => rowCounts.read,
};
