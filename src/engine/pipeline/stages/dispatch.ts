/** Executes one stage, in the process that was started for it. */
import type { StageSpec } from '../../project/definitions/stage.ts';
import { stageOf } from '../../project/definitions/project.ts';
import type { StageTask } from './stageContract.ts';
import type { StageResult } from '../records/stageResult.ts';
import { executeCommand } from './command/execute.ts';
import { executeEvaluate } from './evaluate/execute.ts';
import type { ExecutionContext } from './trackedRun.ts';
import { executePredict } from './predict/execute.ts';
import { executeRegister } from './register/execute.ts';
import { executeTrain } from './train/execute.ts';
import { executeValidate } from './validate/execute.ts';

/**
 * @throws AppError as each kind of stage does; `pipeline.gateFailed` and `pipeline.checkFailed` of kind gate; CancelledError
 */
export async function executeStage(task: StageTask, context: ExecutionContext): Promise<StageResult> {
  const stage: StageSpec = stageOf(task.project, task.stage);
  if ('run' in stage) return executeCommand(task, stage, context);
  switch (stage.uses) {
    case 'validate':
      return executeValidate(task, stage, context);
    case 'train':
      return executeTrain(task, stage, context);
    case 'evaluate':
      return executeEvaluate(task, stage, context);
    case 'register':
      return executeRegister(task, stage);
    case 'predict':
      return executePredict(task, stage, context);
  }
}
