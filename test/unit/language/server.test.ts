/** The server with a format of its own making: it needs to know nothing else of one. */
import { SymbolKind, type Diagnostic } from 'vscode-languageserver';
import { describe, expect, it } from 'vitest';
import { columnsChanged, columnsRequest } from '../../../src/protocol/contracts/languageContract.ts';
import type { OpenFormat } from '../../../src/language/languageFormat.ts';
import { formats } from '../../../src/language/formats.ts';
import { connectEditor } from '../../support/languageConnection.ts';

const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const diagnostic = (message: string): Diagnostic => ({ range: start, message, code: message });

/** Notes with `kind: note` at their top, as a list of lines; a line that reads "wrong" is a mistake. */
function noteFormat(onRead: (text: string) => void): OpenFormat {
  return () => ({
    documents: { names: ['*.note.md', 'NOTES'], languages: ['markdown', 'plaintext'], content: /^kind: note$/m, wakes: false },
    triggerCharacters: ['!', ':'],
    read: (document) => {
      onRead(document.getText());
      const lines: readonly string[] = document.getText().split('\n');
      return {
        diagnose: () => [lines.filter((line) => line === 'wrong').map((line) => diagnostic(line))],
        complete: () => [{ label: `${lines.length} lines` }],
        hover: ({ line }) => ({ contents: lines[line] ?? '' }),
        define: () => ({ uri: document.uri, range: start }),
        symbols: () => lines.map((name) => ({ name, kind: SymbolKind.String, range: start, selectionRange: start })),
        fix: (diagnostics) => diagnostics.map(({ code }) => ({ title: `mend ${code}` })),
      };
    },
  });
}

const uri = 'file:///work/some%20where/a.note.md';
const note = 'kind: note\nwrong';

describe('a format that the server has never heard of', () => {
  it('is served with every feature, from one reading of each version', async () => {
    const read: string[] = [];
    const editor = await connectEditor([noteFormat((text) => read.push(text))]);
    expect(editor.initialized.capabilities.completionProvider?.triggerCharacters).toEqual(['!', ':']);
    await editor.open(uri, note);
    expect(await editor.told(uri, (found) => found.length > 0)).toMatchObject([{ message: 'wrong' }]);
    expect(await editor.ask('completion', uri)).toEqual([{ label: '2 lines' }]);
    expect(await editor.ask('hover', uri)).toEqual({ contents: 'kind: note' });
    expect(await editor.ask('definition', uri)).toEqual({ uri, range: start });
    expect(await editor.ask('documentSymbol', uri)).toMatchObject([{ name: 'kind: note' }, { name: 'wrong' }]);
    const context = { diagnostics: [diagnostic('wrong')] };
    expect(await editor.ask('codeAction', uri, { context })).toEqual([{ title: 'mend wrong' }]);
    expect(read).toEqual([note]);
    await editor.edit(uri, 2, `${note}\nlast`);
    expect(await editor.ask('completion', uri)).toEqual([{ label: '3 lines' }]);
    await editor.settled();
    expect(read).toEqual([note, `${note}\nlast`]);
  });

  it('lies beside the others, each with documents of its own', async () => {
    const editor = await connectEditor([...Object.values(formats), noteFormat(() => undefined)]);
    const project = 'file:///work/millwright.yaml';
    await editor.open(project, 'nonsense: 1\n', 'yaml');
    await editor.open(uri, note);
    const found = await editor.told(project, (diagnostics) => diagnostics.length > 0);
    expect(found.map(({ code }) => code)).toContain('project.unknownKey');
    expect(await editor.told(uri, (diagnostics) => diagnostics.length > 0)).toMatchObject([{ message: 'wrong' }]);
    expect(editor.initialized.capabilities.completionProvider?.triggerCharacters).toEqual(expect.arrayContaining(['{', '@', '!', ':']));
  });
});

describe('a document that no format knows', () => {
  it.each([
    ['by its name', 'file:///work/a.md', note],
    ['by its content', uri, 'kind: letter\nwrong'],
  ])('%s is left alone', async (_title, stranger, text) => {
    const read: string[] = [];
    const editor = await connectEditor([noteFormat((all) => read.push(all))]);
    await editor.open(stranger, text);
    await editor.settled();
    expect(await editor.ask('completion', stranger)).toEqual([]);
    expect(await editor.ask('hover', stranger)).toBeNull();
    expect(await editor.ask('documentSymbol', stranger)).toEqual([]);
    expect([read, editor.published, editor.logged]).toEqual([[], [], []]);
  });

  it('becomes known and unknown as it is written', async () => {
    const editor = await connectEditor([noteFormat(() => undefined)]);
    await editor.open(uri, 'wrong');
    expect(await editor.ask('completion', uri)).toEqual([]);
    await editor.edit(uri, 2, note);
    expect(await editor.told(uri, (found) => found.length > 0)).toHaveLength(1);
    await editor.edit(uri, 3, 'wrong');
    expect(await editor.told(uri, (found) => found.length === 0)).toEqual([]);
    await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await editor.settled();
    expect(editor.published.map(({ diagnostics }) => diagnostics.length)).toEqual([1, 0]);
  });
});

it('tells what is found later in place of what was found at once, unless the text went on', async () => {
  const later = new Map<string, (words: string) => void>();
  const slow: OpenFormat = () => ({
    documents: { names: ['a.txt'], languages: ['plaintext'], wakes: false },
    triggerCharacters: [],
    read: (document) => ({
      diagnose: async function* () {
        const text = document.getText();
        yield [diagnostic(`${text} at once`)];
        yield [diagnostic(await new Promise<string>((resolve) => later.set(text, resolve)))];
      },
    }),
  });
  const file = 'file:///work/a.txt';
  const editor = await connectEditor([slow]);
  await editor.open(file, 'first');
  await editor.told(file, ([found]) => found?.message === 'first at once');
  await editor.edit(file, 2, 'second');
  await editor.told(file, ([found]) => found?.message === 'second at once');
  later.get('second')?.('second in the end');
  await editor.told(file, ([found]) => found?.message === 'second in the end');
  later.get('first')?.('first in the end');
  await editor.settled();
  expect(editor.published.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))).toEqual([
    'first at once',
    'second at once',
    'second in the end',
  ]);
});

it('lets a format ask the editor, and forget what it was told', async () => {
  const asking: OpenFormat = ({ ask }) => {
    let known: unknown;
    return {
      documents: { names: ['a.txt'], languages: ['plaintext'], wakes: false },
      triggerCharacters: [],
      forget: () => {
        known = undefined;
      },
      read: () => ({
        diagnose: async function* () {
          known ??= await ask(columnsRequest, { root: '/work', dataset: 'rows' });
          yield [diagnostic(JSON.stringify(known))];
        },
      }),
    };
  };
  const file = 'file:///work/a.txt';
  const editor = await connectEditor([asking]);
  let answer: readonly unknown[] = [];
  editor.connection.onRequest(columnsRequest, () => answer);
  await editor.open(file, '');
  await editor.told(file, ([found]) => found?.message === '[]');
  answer = [1];
  await editor.connection.sendNotification(columnsChanged, {});
  expect(await editor.told(file, ([found]) => found?.message !== '[]')).toMatchObject([{ message: '[1]' }]);
});

it('survives a format that fails: it says so in the document and in the log, and the others go on', async () => {
  const failing: OpenFormat = () => ({
    documents: { names: ['a.txt'], languages: ['plaintext'], wakes: false },
    triggerCharacters: [],
    read: () => {
      throw new Error('no such luck');
    },
  });
  const file = 'file:///work/a.txt';
  const editor = await connectEditor([failing, noteFormat(() => undefined)]);
  await editor.open(file, '');
  await editor.open(uri, note);
  expect(await editor.told(file, (found) => found.length > 0)).toMatchObject([{ code: 'language.notJudged' }]);
  expect(await editor.ask('hover', file)).toBeNull();
  expect(editor.logged.join('\n')).toMatch(/hover of file:\/\/\/work\/a\.txt: Error: no such luck/);
  expect(await editor.told(uri, (found) => found.length > 0)).toHaveLength(1);
});
