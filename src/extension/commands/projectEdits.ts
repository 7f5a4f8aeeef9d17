/** Changes of a project file from buttons: in the editor, so that they are seen and can be undone like typing, and saved. */
import * as vscode from 'vscode';
import type { ProjectEdit } from '../../protocol/repairs.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

/**
 * @param root the folder of the project file
 * @throws AppError `project.editByHand`
 */
export async function changeProject(engine: EngineClient, root: string, edit: ProjectEdit): Promise<void> {
  const document = await vscode.workspace.openTextDocument(projectFile(root));
  const { start, end, text } = await engine.calls.editProject({ text: document.getText(), edit });
  const changes = new vscode.WorkspaceEdit();
  changes.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  await vscode.workspace.applyEdit(changes);
  await document.save();
}

export function projectFile(root: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(root), projectFileName);
}
