import { describe, expect, test } from 'vitest';
import { renderFailure } from '../../../src/cli/render/failure.ts';
import { plain } from '../../../src/cli/render/style.ts';

const source = 'name: x\nstages:\n  train: {uses: trian}\n';
const at = { file: '/project/millwright.yaml', line: 3, column: 17, endLine: 3, endColumn: 22 };
const error = { code: 'project.wrongValue', kind: 'input' as const, message: 'There is no "trian".', remedy: 'Did you mean "train"?', at };

describe('a failure with a place', () => {
  test('names file, line and column as compilers do, shows the source with a caret, and says what to do', () => {
    expect(renderFailure(error, { style: plain, cwd: '/project', source })).toEqual([
      'millwright.yaml:3:17: error: There is no "trian". [project.wrongValue]',
      '  3 |   train: {uses: trian}',
      '    |                 ^^^^^',
      '  → Did you mean "train"?',
    ]);
  });

  test('names a file elsewhere by its whole path', () => {
    expect(renderFailure(error, { style: plain, cwd: '/elsewhere' })[0]).toMatch(/^\/project\/millwright\.yaml:3:17: /);
  });

  test('reads files with CRLF and a byte order mark alike', () => {
    const windows = `\ufeff${source.replaceAll('\n', '\r\n')}`;
    expect(renderFailure(error, { style: plain, cwd: '/project', source: windows })[1]).toBe('  3 |   train: {uses: trian}');
  });

  test('puts the caret under a wide character by its cells', () => {
    const place = { ...at, line: 1, column: 4, endLine: 1, endColumn: 5 };
    const lines = renderFailure({ ...error, at: place }, { style: plain, cwd: '/project', source: '模型 x' });
    expect(lines[2]).toBe('    |      ^');
  });

  test.each([
    ['bytes that are no text', '\u0000\ufffdPK'.repeat(20)],
    ['a line that would fill the screen', 'a,'.repeat(1000)],
  ])('shows no source of %s', (_, source) => {
    const at = { file: '/p/a.csv', line: 1, column: 1, endLine: 2, endColumn: 1 };
    const error = { code: 'x', kind: 'input' as const, message: 'm', args: {}, at };
    expect(renderFailure(error, { style: plain, cwd: '/p', source })).toHaveLength(1);
  });

  test('shows no source where the line is gone', () => {
    expect(renderFailure(error, { style: plain, cwd: '/project', source: 'short' })).toHaveLength(2);
  });
});

describe('a failure without a place', () => {
  test('is its message and its remedy', () => {
    const placeless = { code: error.code, kind: error.kind, message: error.message, remedy: error.remedy };
    expect(renderFailure(placeless, { style: plain, cwd: '/' })).toEqual([
      'error: There is no "trian". [project.wrongValue]',
      '  → Did you mean "train"?',
    ]);
  });

  test('cannot steer the terminal', () => {
    const hostile = { code: 'x.y', kind: 'input' as const, message: 'a \u001b[2J b' };
    expect(renderFailure(hostile, { style: plain, cwd: '/' })[0]).not.toContain('\u001b');
  });
});
