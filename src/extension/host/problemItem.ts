/** Failures in trees. */
import * as vscode from 'vscode';
import type { ErrorRecord } from '../../base/errors.ts';
import type { ItemKind } from './conditions.ts';

/** A failure as a tree item that leads to its place. */
export function problemTreeItem(error: ErrorRecord): vscode.TreeItem {
  const item = new vscode.TreeItem(error.message);
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.tooltip = error.remedy === undefined ? error.message : `${error.message}\n${error.remedy}`;
  item.contextValue = 'problem' satisfies ItemKind;
  const { at } = error;
  if (at !== undefined) {
    const selection = new vscode.Range(at.line - 1, at.column - 1, at.endLine - 1, at.endColumn - 1);
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open File'), arguments: [vscode.Uri.file(at.file), { selection }] };
  }
  return item;
}
