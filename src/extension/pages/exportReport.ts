/** Writes a report page as one HTML file that needs nothing else. */
import * as vscode from 'vscode';
import { exportedPage, type PageContent } from '../../protocol/pages/exportedPage.ts';
import { pagesFolder } from './pageHost.ts';

export async function exportReport(extensionUri: vscode.Uri, content: PageContent, target: vscode.Uri): Promise<void> {
  const { page } = content;
  const [script, style] = await Promise.all([readAsset(extensionUri, `${page}.js`), readAsset(extensionUri, `${page}.css`)]);
  const document = exportedPage(content, { script, style, language: vscode.env.language });
  await vscode.workspace.fs.writeFile(target, Buffer.from(document));
}

async function readAsset(extensionUri: vscode.Uri, name: string): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(pagesFolder(extensionUri), name))).toString('utf8');
}
