/** Problems of project files that nobody has opened: of an open one the language server tells, while it is edited. */
import * as vscode from 'vscode';
import type { ErrorRecord } from '../../base/errors.ts';
import type { ProjectStore } from '../engine/projectStore.ts';

export function registerProjectProblems(store: ProjectStore): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection('millwright');
  const show = (): void => {
    problems.clear();
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.fsPath));
    const errors = store.current.flatMap(({ pipeline }) => ('value' in pipeline ? pipeline.value.errors : [pipeline.error]));
    const byFile = Map.groupBy(errors, ({ at }) => at?.file);
    for (const [file, found] of byFile) {
      if (file !== undefined && !open.has(file)) problems.set(vscode.Uri.file(file), found.map(toDiagnostic));
    }
  };
  return vscode.Disposable.from(
    problems,
    store.onDidChange(show),
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidCloseTextDocument(show),
  );
}

function toDiagnostic({ code, message, remedy, at }: ErrorRecord): vscode.Diagnostic {
  const { line, column, endLine, endColumn } = at ?? { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const range = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
  const diagnostic = new vscode.Diagnostic(range, remedy === undefined ? message : `${message}\n${remedy}`);
  diagnostic.source = 'millwright';
  diagnostic.code = code;
  return diagnostic;
}
