/** Asks once which safeguards apply to a project that does not say so itself. */
import * as vscode from 'vscode';
import { CancelledError } from '../base/abort.ts';
import type { Environment } from '../protocol/audit.ts';
import type { EngineClient } from './engineClient.ts';

/**
 * Makes sure that the project's environment is known.
 * @throws CancelledError when the user does not answer
 */
export async function ensureEnvironment(engine: EngineClient, root: string): Promise<void> {
  if ((await engine.calls.environment({ root })) !== null) return;
  const picked = await vscode.window.showQuickPick(choices(), {
    title: vscode.l10n.t('Which environment is this project used in?'),
    placeHolder: vscode.l10n.t('Decides the safeguards. Asked once; write "environment:" into millwright.yaml to share the answer.'),
    ignoreFocusOut: true,
  });
  if (picked === undefined) throw new CancelledError();
  await engine.calls.rememberEnvironment({ root, environment: picked.environment });
}

function choices(): (vscode.QuickPickItem & { readonly environment: Environment })[] {
  return [
    { environment: 'development', label: 'development', description: vscode.l10n.t('everyday work: no ticket needed') },
    { environment: 'homelab', label: 'homelab', description: vscode.l10n.t('a machine of your own: no ticket needed') },
    { environment: 'staging', label: 'staging', description: vscode.l10n.t('every change needs a ticket') },
    { environment: 'production', label: 'production', description: vscode.l10n.t('every change needs a ticket and an approval') },
  ];
}
