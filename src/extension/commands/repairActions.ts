/** Does what the button of a failure says. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { repairOf, type RepairAction } from '../../protocol/repairs.ts';
import { askEnvironment } from './changePermissions.ts';
import { runCommand } from '../host/contributed.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { performGeneralRepair } from '../host/generalRepairs.ts';
import type { NotifyAction } from '../host/notify.ts';
import { changeProject } from './projectEdits.ts';

export interface Repairing {
  readonly engine: EngineClient;
  /** The project that failed. */
  readonly root: string;
  /** The run that failed, where it has a report. */
  readonly runOf: (stage: string) => string | undefined;
  /** Offered, or done, after the project file was changed. */
  readonly again: NotifyAction;
}

/** The button of a failure; none where no button can help. */
export function repairActions(failure: ErrorRecord, repairing: Repairing): NotifyAction[] {
  const repair = repairOf(failure);
  return repair === undefined ? [] : [{ title: repair.title, run: async () => performRepair(repair.action, repairing) }];
}

/** @throws AppError as what it calls; CancelledError when the user changes their mind */
export async function performRepair(action: RepairAction, repairing: Repairing): Promise<void> {
  const { engine, root } = repairing;
  switch (action.kind) {
    case 'checkReport':
      return runCommand('millwright.validation.open', { root, stage: action.stage });
    case 'evaluationReport':
      return openEvaluation(action, repairing);
    case 'runStage':
      return runCommand('millwright.stage.run', { root, stage: action.stage });
    case 'showStage':
      return runCommand('millwright.project.open', { root, stage: action.stage });
    case 'edit':
      await changeProject(engine, root, action.edit);
      await repairing.again.run();
      return;
    case 'chooseFile':
      return chooseFile(action.path, repairing);
    case 'environment':
      await askEnvironment(engine, root);
      await repairing.again.run();
      return;
    case 'stopJob':
      await engine.calls.cancelJob({ root, jobId: action.job });
      return;
    case 'install':
      installInTerminal(root, action.command);
      return;
    default:
      return performGeneralRepair(action, root);
  }
}

async function openEvaluation(
  { stage, runId: own }: Extract<RepairAction, { readonly kind: 'evaluationReport' }>,
  { root, runOf }: Repairing,
): Promise<void> {
  const runId = own ?? runOf(stage);
  if (runId === undefined) await runCommand('millwright.report.open');
  else await runCommand('millwright.report.open', { root, runId, stage });
}

async function chooseFile(path: readonly string[], { engine, root, again }: Repairing): Promise<void> {
  const [chosen] = (await vscode.window.showOpenDialog({ defaultUri: vscode.Uri.file(root), openLabel: vscode.l10n.t('Choose') })) ?? [];
  if (chosen === undefined) throw new CancelledError();
  const inside = relative(root, chosen.fsPath).replaceAll('\\', '/');
  const value = inside.startsWith('..') && path[0] === 'python' ? chosen.fsPath : inside;
  await changeProject(engine, root, { kind: 'set', path, value });
  await again.run();
}

/** Only the user starts what changes an environment of theirs. */
function installInTerminal(cwd: string, command: string): void {
  const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('Install'), cwd });
  terminal.show();
  terminal.sendText(command, false);
}
