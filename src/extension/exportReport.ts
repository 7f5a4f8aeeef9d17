/** Writes a report as one HTML file that needs nothing else. */
import * as vscode from 'vscode';
import { exportedReport } from '../protocol/exportedPage.ts';
import type { ReportView } from '../protocol/pageContract.ts';
import { pagesFolder } from './pageHost.ts';

export async function exportReport(
  extensionUri: vscode.Uri,
  view: Extract<ReportView, { state: 'ready' }>,
  target: vscode.Uri,
): Promise<void> {
  const [script, style] = await Promise.all([readAsset(extensionUri, 'report.js'), readAsset(extensionUri, 'report.css')]);
  const document = exportedReport({ script, style, view, language: vscode.env.language });
  await vscode.workspace.fs.writeFile(target, Buffer.from(document));
}

async function readAsset(extensionUri: vscode.Uri, name: string): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(pagesFolder(extensionUri), name))).toString('utf8');
}
