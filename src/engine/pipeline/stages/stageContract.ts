/** What a job asks of a stage's process, and what that tells while it works. */
import type { Budget, Progress } from '../../../protocol/stageContext.ts';
import type { LogLevel } from '../../../protocol/job.ts';
import { command, event } from '../../../protocol/contracts/contract.ts';
import type { Project } from '../../project/definitions/project.ts';
import type { AuditLog } from '../../safety/change.ts';
import type { StageResult } from '../records/stageResult.ts';

/** Everything a stage needs, resolved: it reads no project file and no alias. */
export interface StageTask<Given = unknown> {
  readonly project: Project;
  readonly stage: string;
  /** Milliseconds since 1970 UTC: where windows such as `last: 30d` end. */
  readonly asOf: number;
  readonly budget: Budget;
  readonly audit: AuditLog;
  /** Tags of every run that the stage opens. */
  readonly tags: Readonly<Record<string, string>>;
  /** What was resolved for it. */
  readonly given: Given;
}

export const stageContract = {
  /** Executes a stage; one at a time. The reply is its result once everything is stored, its runs ended, its audit lines written. */
  execute: command<StageTask, StageResult>(),
  /** Asks the stage being executed to stop; `execute` then answers with a cancellation. */
  cancel: event<null>(),
} as const;

export const stageEvents = {
  /** All code is loaded. */
  ready: event<null>(),
  log: event<{ level: LogLevel; message: string }>(),
  progress: event<Progress>(),
  /** A process of the user's was started: recorded, so that whoever reaps a dead job can end it. */
  child: event<{ pid: number; processStartTime: string | undefined }>(),
  /** A tracked run was opened. */
  run: event<{ runId: string }>(),
} as const;
