/** The one door to the screen: failures with their remedy, questions and short news. Nothing else shows a message. */
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort.ts';
import { AppError, errorText } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { repairOf } from '../../protocol/repairs.ts';
import { isGeneralRepair, performGeneralRepair } from './generalRepairs.ts';

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
    void offer(vscode.window.showErrorMessage(printable(text), ...(actions.length > 0 ? actions : generalActions(failure)), showLog));
  };
  return {
    error,
    info: (message, ...actions) => void offer(vscode.window.showInformationMessage(printable(message), ...actions)),
    warn: (message, ...actions) => void offer(vscode.window.showWarningMessage(printable(message), ...actions)),
  };
}

/** The button that does what the remedy says, where no project needs to be known for it. */
function generalActions(failure: AppError): NotifyAction[] {
  const repair = repairOf(failure.toRecord());
  if (repair === undefined || !isGeneralRepair(repair.action)) return [];
  const { title, action } = repair;
  return [{ title, run: async () => performGeneralRepair(action) }];
}
