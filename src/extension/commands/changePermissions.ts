/** What a change of the user's needs before it is sent: a known environment and, in staging and production, its permissions. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import type { Environment } from '../../protocol/audit.ts';
import type { ChangePermissions } from '../../protocol/contracts/engineContract.ts';
import { environmentChoices } from '../../protocol/environments.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { changeProject } from './projectEdits.ts';

/**
 * Asks for what is missing: the environment once, a ticket for every change in staging, and an approval besides in production.
 * @throws CancelledError when the user does not answer
 */
export async function askPermissions(engine: EngineClient, root: string): Promise<ChangePermissions> {
  const environment = (await engine.calls.environment({ root })) ?? (await askEnvironment(engine, root));
  if (environment !== 'staging' && environment !== 'production') return {};
  const ticket = await ask(vscode.l10n.t('Change ticket for {0}', environment));
  if (environment === 'staging') return { ticket };
  return { ticket, approvedBy: await ask(vscode.l10n.t('Who approved this change?')) };
}

async function ask(title: string): Promise<string> {
  const answer = await vscode.window.showInputBox({
    title,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('It goes into the audit log, so it cannot be empty.') : undefined),
  });
  if (answer === undefined) throw new CancelledError();
  return answer.trim();
}

/**
 * Asks once and writes the answer into the project file, so that it holds for everybody who opens it.
 * @throws CancelledError when the user does not answer
 */
export async function askEnvironment(engine: EngineClient, root: string): Promise<Environment> {
  const choices = environmentChoices().map(({ environment, note }) => ({ environment, label: environment, description: note }));
  const picked = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Which environment is this project used in?'),
    placeHolder: vscode.l10n.t('Decides the safeguards. The answer is written into millwright.yaml.'),
    ignoreFocusOut: true,
  });
  if (picked === undefined) throw new CancelledError();
  try {
    await changeProject(engine, root, { kind: 'set', path: ['environment'], value: picked.environment });
  } catch (error) {
    if (!AppError.is(error, 'project.editByHand')) throw error;
    await engine.calls.rememberEnvironment({ root, environment: picked.environment });
  }
  return picked.environment;
}
