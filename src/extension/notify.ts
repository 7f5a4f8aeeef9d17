/** The one door to the screen: failures with their remedy, questions and short news. Nothing else shows a message. */
import * as vscode from 'vscode';
import { isCancelled } from '../base/abort.ts';
import { AppError, errorText } from '../base/errors.ts';
import { runCommand } from './contributions.ts';

export interface Notify {
  /** A failure: nothing for a cancelled one, words and a button for one of ours, the log for anything else. */
  readonly error: (error: unknown, ...actions: readonly NotifyAction[]) => void;
  readonly info: (message: string, ...actions: readonly NotifyAction[]) => void;
  readonly warn: (message: string, ...actions: readonly NotifyAction[]) => void;
}

export interface NotifyAction {
  readonly title: string;
  readonly run: () => unknown;
}

export function createNotify(log: vscode.LogOutputChannel): Notify {
  const offer = async (shown: Thenable<NotifyAction | undefined>): Promise<void> => {
    try {
      await (await shown)?.run();
    } catch (failure) {
      error(failure);
    }
  };
  const showLog: NotifyAction = {
    title: vscode.l10n.t('Show Log'),
    run: () => {
      log.show();
    },
  };
  const error = (failure: unknown, ...actions: readonly NotifyAction[]): void => {
    if (isCancelled(failure)) return;
    if (!AppError.is(failure) || failure.code === 'internal.fault') {
      log.error(failure instanceof Error ? failure : String(failure));
      void offer(vscode.window.showErrorMessage(vscode.l10n.t('Something went wrong in Millwright.'), showLog));
      return;
    }
    log.error(`${failure.code}: ${errorText(failure)}`);
    const text = failure.remedy === undefined ? failure.message : `${failure.message} ${failure.remedy}`;
    void offer(vscode.window.showErrorMessage(text, ...actions, ...remedies(failure), showLog));
  };
  return {
    error,
    info: (message, ...actions) => void offer(vscode.window.showInformationMessage(message, ...actions)),
    warn: (message, ...actions) => void offer(vscode.window.showWarningMessage(message, ...actions)),
  };
}

/** The buttons that do what the remedy says. */
function remedies(failure: AppError): NotifyAction[] {
  const { at } = failure;
  if (failure.code === 'workspace.notTrusted') {
    return [{ title: vscode.l10n.t('Manage Trust'), run: () => vscode.commands.executeCommand('workbench.trust.manage') }];
  }
  if (failure.code === 'runtime.missing') {
    return [
      {
        title: vscode.l10n.t('Open Settings'),
        run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'millwright.runtime.node'),
      },
    ];
  }
  if (failure.code.startsWith('engine.')) {
    return [{ title: vscode.l10n.t('Restart'), run: () => runCommand('millwright.server.restart') }];
  }
  if (at === undefined) return [];
  return [
    {
      title: vscode.l10n.t('Open File'),
      run: async () => {
        const start = new vscode.Position(at.line - 1, at.column - 1);
        const selection = new vscode.Range(start, new vscode.Position(at.endLine - 1, at.endColumn - 1));
        await vscode.window.showTextDocument(vscode.Uri.file(at.file), { selection });
      },
    },
  ];
}
