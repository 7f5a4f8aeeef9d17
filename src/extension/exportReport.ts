/** Writes a report as one HTML file that needs nothing else: script, style and data inside, under a policy that names them by hash. */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ReportView } from '../protocol/pageContract.ts';
import { dataBlock, pageDocument } from '../protocol/pageDocument.ts';
import { pagesFolder } from './pageHost.ts';

/** The id under which an exported page finds its data. */
const dataId = 'snapshot';

export async function exportReport(
  extensionUri: vscode.Uri,
  view: Extract<ReportView, { state: 'ready' }>,
  target: vscode.Uri,
): Promise<void> {
  const [script, style] = await Promise.all([readAsset(extensionUri, 'report.js'), readAsset(extensionUri, 'report.css')]);
  // A closing tag inside the bundle would end the block; `<\/` means the same in a string.
  const safeScript = script.replaceAll(/<\/(script)/gi, '<\\/$1');
  const safeStyle = style.replaceAll(/<\/(style)/gi, '<\\/$1');
  const document = pageDocument({
    title: `${view.project}: ${view.report.stage}`,
    language: vscode.env.language,
    scriptSource: hashSource(safeScript),
    styleSource: hashSource(safeStyle),
    fontSource: 'data:',
    head: `<style>${safeStyle}</style>`,
    scripts: `${dataBlock(dataId, { revision: 1, view })}\n<script>${safeScript}</script>`,
  });
  await vscode.workspace.fs.writeFile(target, Buffer.from(document));
}

async function readAsset(extensionUri: vscode.Uri, name: string): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(pagesFolder(extensionUri), name))).toString('utf8');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
