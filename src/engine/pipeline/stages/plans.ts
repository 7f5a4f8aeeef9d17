/** How each kind of stage is planned. */
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { kindOf, type StageOf, type StageSpec } from '../../project/definitions/stage.ts';
import { runPlan } from './command/plan.ts';
import { evaluatePlan } from './evaluate/plan.ts';
import { predictPlan } from './predict/plan.ts';
import { registerPlan } from './register/plan.ts';
import type { StagePlan } from './stagePlan.ts';
import { trainPlan } from './train/plan.ts';
import { validatePlan } from './validate/plan.ts';

const plans = {
  validate: validatePlan,
  train: trainPlan,
  evaluate: evaluatePlan,
  register: registerPlan,
  predict: predictPlan,
  run: runPlan,
} as const satisfies { readonly [K in StageKind]: StagePlan<StageOf<K>, unknown> };

/** What the executor of a kind is given. */
export type GivenOf<K extends StageKind> = Awaited<ReturnType<(typeof plans)[K]['resolve']>>;

/** Of a stage whose kind is not known here: what was resolved is passed on as it is. */
export function planOf(stage: StageSpec): StagePlan<StageSpec, unknown> {
  return plans[kindOf(stage)] as StagePlan<StageSpec, unknown>; // the kind is the stage's own
}
