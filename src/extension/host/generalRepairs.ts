/** What a button of a failure does where no project needs to be known. */
import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { RepairAction } from '../../protocol/repairs.ts';
import { runCommand } from './contributed.ts';

const generalKinds = ['openLine', 'doctor', 'trust', 'runtime', 'restart', 'train'] as const;
export type GeneralRepair = Extract<RepairAction, { readonly kind: (typeof generalKinds)[number] }>;

export function isGeneralRepair(action: RepairAction): action is GeneralRepair {
  return generalKinds.some((kind) => kind === action.kind);
}

/** @param root what relative paths start from */
export async function performGeneralRepair(action: GeneralRepair, root = ''): Promise<void> {
  switch (action.kind) {
    case 'openLine':
      return openLine(root, action);
    case 'doctor':
      return runCommand('millwright.doctor.run');
    case 'restart':
      return runCommand('millwright.server.restart');
    case 'train':
      return runCommand('millwright.project.train');
    case 'trust':
      await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    case 'runtime':
      await vscode.commands.executeCommand('workbench.action.openSettings', 'millwright.runtime.node');
  }
}

/** A row is a line where no value goes over several; else the value leads there. */
async function openLine(root: string, { file, line, value }: Extract<RepairAction, { readonly kind: 'openLine' }>): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(isAbsolute(file) ? file : resolve(root, file)));
  const from = Math.min(line, document.lineCount) - 1;
  const found = value === undefined ? from : lineHolding(document, value, from);
  const text = document.lineAt(found);
  const column = value === undefined ? -1 : text.text.indexOf(value);
  const selection =
    column < 0 ? new vscode.Range(found, 0, found, 0) : new vscode.Range(found, column, found, column + (value?.length ?? 0));
  await vscode.window.showTextDocument(document, { selection });
}

function lineHolding(document: vscode.TextDocument, value: string, from: number): number {
  for (let line = from; line < document.lineCount; line++) if (document.lineAt(line).text.includes(value)) return line;
  return from;
}
