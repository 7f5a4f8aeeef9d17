/** The language server as a process of its own, spoken to as an editor does. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, Hover } from 'vscode-languageserver';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnsChanged } from '../../../src/protocol/contracts/languageContract.ts';
import { startOverIpc, startOverStdio, type Editor } from '../../support/languageEditor.ts';

const text = `name: flights 🙂
datasets: {rows: {path: rows.csv}}
features: {basic: {target: y, numeric: [distence]}}
stages:
  train: {uses: train, dataset: rows, features: basic}
`;

let root: string;
let uri: string;
beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'millwright "language" 🙂 '));
  uri = pathToFileURL(join(root, 'millwright.yaml')).href;
  await writeFile(join(root, 'millwright.yaml'), text);
});
afterEach(() => rm(root, { recursive: true }));

const open = (editor: Editor): Promise<void> =>
  editor.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });

describe.each([
  ['standard input and output', startOverStdio],
  ['IPC', startOverIpc],
])('the language server over %s', (_title, start) => {
  it('judges unsaved text with the columns of the data, completes, hovers and ends', async () => {
    const editor = start();
    editor.columns = [
      { name: 'distance', type: 'integer', storedAs: 'BIGINT' },
      { name: 'y', type: 'integer', storedAs: 'BIGINT' },
    ];
    expect((await editor.initialize(root)).capabilities.completionProvider).toBeDefined();
    await open(editor);
    const [unknown] = await editor.diagnostics((diagnostics) => diagnostics.length === 1);
    expect(unknown).toMatchObject({
      code: 'data.unknownColumn',
      range: { start: { line: 2, character: 40 }, end: { line: 2, character: 48 } },
    });
    expect(editor.asked[0]).toEqual({ root, dataset: 'rows', text });

    // One change within a line, as an editor sends it: "distence" becomes "distance".
    await editor.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: { line: 2, character: 44 }, end: { line: 2, character: 45 } }, text: 'a' }],
    });
    expect(await editor.diagnostics((diagnostics) => diagnostics.length === 0)).toEqual([]);

    const items = await editor.connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 2, character: 40 },
    });
    expect(items.map(({ label }) => label)).toEqual(['distance', 'y']);
    const shown = await editor.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 4, character: 10 },
    });
    expect(JSON.stringify(shown.contents)).toContain('uses');
    expect(await editor.close()).toBe(0);
  });
});

describe('the language server with a client that knows no columns', () => {
  it('goes without, and asks again when it is told that data changed', async () => {
    const editor = startOverIpc();
    await editor.initialize(root);
    await open(editor);
    expect(await editor.diagnostics((diagnostics) => diagnostics.length === 0)).toEqual([]);
    editor.columns = [{ name: 'distance', type: 'integer', storedAs: 'BIGINT' }];
    await editor.connection.sendNotification(columnsChanged, {});
    const found = await editor.diagnostics((diagnostics) => diagnostics.length > 0);
    expect(found.map(({ code }) => code)).toEqual(['data.unknownColumn', 'data.unknownColumn']);
    expect(editor.asked.length).toBeGreaterThanOrEqual(2);
    await editor.close();
  });

  it('survives any order of broken texts', async () => {
    const editor = startOverStdio();
    await editor.initialize(root);
    await open(editor);
    const broken = ['', '[', '{a: ', '\uFEFF', 'name: x\nstages: {t: {uses: train}}', '&a [*a]', '\r\r\n', '${params.'];
    for (const [index, next] of broken.entries()) {
      await editor.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version: index + 2 },
        contentChanges: [{ text: next }],
      });
      const items = await editor.connection.sendRequest<CompletionItem[]>('textDocument/completion', {
        textDocument: { uri },
        position: { line: 0, character: next.length },
      });
      expect(Array.isArray(items)).toBe(true);
    }
    expect(await editor.close()).toBe(0);
  });
});
