/** Which run a tree item, a page or a command means; asks where none is named. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import type { AppError } from '../../base/errors.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { runTitle } from '../../protocol/words/runTitle.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import type { ModelVersionItem, PipelineItem, RunItem, RunReference } from '../host/treeItems.ts';
import { runChoiceWords } from '../views/runRow.ts';

/** The run of a run, of a stage's last execution, or that made a version. */
export function runOf(item: PipelineItem | RunItem | ModelVersionItem): RunReference | undefined {
  const { root } = item;
  switch (item.type) {
    case 'run':
      return { root, runId: item.run.id };
    case 'stage':
      return item.stage.runId === undefined ? undefined : { root, runId: item.stage.runId };
    case 'version':
      return item.version.runId === undefined ? undefined : { root, runId: item.version.runId };
    default:
      return undefined;
  }
}

interface Question {
  readonly placeHolder: string;
  /** The runs to choose from. Default: all. */
  readonly isOffered?: (run: RunOverview) => boolean;
  /** What to say where there is none. */
  readonly none: () => AppError;
}

/** @throws AppError as the question says; CancelledError */
export async function pickRun(store: ProjectStore, { placeHolder, isOffered = () => true, none }: Question): Promise<RunReference> {
  const states = await store.states();
  const runs = states
    .flatMap(({ root, runs: answer }) => ('value' in answer ? answer.value.map((run) => ({ root, run })) : []))
    .filter(({ run }) => isOffered(run));
  if (runs.length === 0) throw none();
  const picked = await vscode.window.showQuickPick(
    runs.map(({ root, run }) => ({ label: runTitle(run), description: runChoiceWords(run), reference: { root, runId: run.id } })),
    { placeHolder, matchOnDescription: true },
  );
  if (picked === undefined) throw new CancelledError();
  return picked.reference;
}

/** Whether what a page was restored with names a run. */
export function isRunReference(value: unknown): value is RunReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    'root' in value &&
    typeof value.root === 'string' &&
    'runId' in value &&
    typeof value.runId === 'string'
  );
}
