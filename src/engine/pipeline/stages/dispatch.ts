/** Executes one stage, in the process that was started for it. */
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { stageOf } from '../../project/definitions/project.ts';
import { kindOf, type StageOf, type StageSpec } from '../../project/definitions/stage.ts';
import type { StageResult } from '../records/stageResult.ts';
import { executeCommand } from './command/execute.ts';
import { executeEvaluate } from './evaluate/execute.ts';
import type { GivenOf } from './plans.ts';
import { executePredict } from './predict/execute.ts';
import { executeRegister } from './register/execute.ts';
import type { StageTask } from './stageContract.ts';
import type { ExecutionContext } from './trackedRun.ts';
import { executeTrain } from './train/execute.ts';
import { executeValidate } from './validate/execute.ts';

type Executor<Given, Spec> = (task: StageTask<Given>, stage: Spec, context: ExecutionContext) => Promise<StageResult>;

const executors: { readonly [K in StageKind]: Executor<GivenOf<K>, StageOf<K>> } = {
  validate: executeValidate,
  train: executeTrain,
  evaluate: executeEvaluate,
  register: executeRegister,
  predict: executePredict,
  run: executeCommand,
};

/**
 * @throws AppError as each kind of stage does; `pipeline.gateFailed` and `pipeline.checkFailed` of kind gate; CancelledError
 */
export async function executeStage(task: StageTask, context: ExecutionContext): Promise<StageResult> {
  const stage = stageOf(task.project, task.stage);
  const execute = executors[kindOf(stage)] as Executor<unknown, StageSpec>; // what was resolved for the stage is of its kind
  return execute(task, stage, context);
}
