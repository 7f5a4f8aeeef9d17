/** Puts the `millwright` command on the PATH of the editor's terminals, where it speaks the editor's language. */
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { binFolder, textsOfEditor } from './runtime.ts';

export function addToTerminalPath(context: vscode.ExtensionContext): void {
  const { environmentVariableCollection: variables } = context;
  variables.description = vscode.l10n.t('Adds the `millwright` command.');
  variables.prepend('PATH', `${binFolder(context.extensionPath)}${delimiter}`);
  for (const [name, value] of Object.entries(textsOfEditor())) variables.replace(name, value);
}
