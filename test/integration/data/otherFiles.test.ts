/** Files as other people's tools write them: the rows are those that pandas, R and Excel read, whatever surrounds them. */
import { copyFileSync, renameSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import type { DatasetSpec, ReadOptions } from '../../../src/engine/project/definitions/dataset.ts';
import { quoteText } from '../../../src/engine/data/sql/sqlText.ts';
import { asOf, dataFolder, failureOf, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeAll(() => {
  folder = dataFolder();
});
afterAll(() => {
  folder[Symbol.dispose]();
});

async function read(content: string | Uint8Array, options: ReadOptions = {}, name = 'd.csv'): Promise<Record<string, unknown[]>> {
  folder.write(name, content);
  return readAll(folder.root, { d: { path: name, read: options } }, 'd');
}

const ab = { a: [1, 2, 3], b: ['x', 'y', 'z'] };

describe('the same three rows, however they are laid out', () => {
  const same: Record<string, [text: string | Uint8Array, read?: ReadOptions]> = {
    'line feeds': ['a,b\n1,x\n2,y\n3,z\n'],
    'pairs of carriage return and line feed': ['a,b\r\n1,x\r\n2,y\r\n3,z\r\n'],
    'carriage returns alone': ['a,b\r1,x\r2,y\r3,z\r'],
    'no end of the last line': ['a,b\r\n1,x\r\n2,y\r\n3,z'],
    'a row appended with a line feed': ['a,b\r\n1,x\r\n2,y\r\n3,z\n'],
    'a row appended with both': ['a,b\n1,x\n2,y\n3,z\r\n'],
    'a header with both, rows with line feeds': ['a,b\r\n1,x\n2,y\n3,z\n'],
    'a header with a line feed, rows with both': ['a,b\n1,x\r\n2,y\r\n3,z\r\n'],
    'every other line': ['a,b\r\n1,x\n2,y\r\n3,z\n'],
    'carriage returns and line feeds': ['a,b\r1,x\n2,y\r3,z\n'],
    'line ends that were translated twice': ['a,b\r\r\n1,x\r\r\n2,y\r\r\n3,z\r\r\n'],
    'mixed and no end of the last line': ['a,b\r\n1,x\n2,y\r\n3,z'],
    'mixed, quoted': ['"a","b"\r\n1,"x"\n2,"y"\r\n3,"z"\n'],
    'mixed, packed': [gzipSync('a,b\r\n1,x\n2,y\r\n3,z\n')],
    'mixed, UTF-16': [Buffer.from('\ufeffa,b\r\n1,x\n2,y\r\n3,z\n', 'utf16le'), { encoding: 'utf-16' }],
    'mixed, with a byte order mark': ['\ufeffa,b\r\n1,x\n2,y\r\n3,z\n'],
    'a byte order mark': ['\ufeffa,b\n1,x\n2,y\n3,z\n'],
    'blank lines at the end': ['a,b\n1,x\n2,y\n3,z\n\n\n'],
    'blank lines at the end, mixed': ['a,b\r\n1,x\n2,y\r\n3,z\n\r\n\n'],
    'blank lines between': ['a,b\n1,x\n\n2,y\n\n3,z\n'],
    'blank lines before the header': ['\n\r\na,b\n1,x\n2,y\n3,z\n'],
    "Excel's line with the delimiter": ['sep=;\na;b\n1;x\n2;y\n3;z\n'],
    "Excel's line with a comma, in capitals": ['SEP=,\r\na,b\r\n1,x\r\n2,y\r\n3,z\r\n'],
    "Excel's line, quoted": ['"sep=;"\r\na;b\r\n1;x\r\n2;y\r\n3;z\r\n'],
    "Excel's line with a rare delimiter": ['sep=^\r\na^b\r\n1^x\r\n2^y\r\n3^z\r\n'],
    "Excel's line with a tabulator": ['sep=\t\r\na\tb\r\n1\tx\r\n2\ty\r\n3\tz\r\n'],
    "Excel's line after a byte order mark": ['\ufeffsep=;\r\na;b\r\n1;x\r\n2;y\r\n3;z\r\n'],
    'a title': ['Sales of May\na,b\n1,x\n2,y\n3,z\n', { skip: 1 }],
    'a title with quotes and delimiters': ['Sales, "of May\n,,\na,b\n1,x\n2,y\n3,z\n', { skip: 2 }],
    'a title and a blank line': ['Sales of May\n\na,b\n1,x\n2,y\n3,z\n', { skip: 1 }],
    'a comment before the header': ['# made by a tool\na,b\n1,x\n2,y\n3,z\n', { comment: '#' }],
    'comments anywhere': ['# a,b,c\na,b\n1,x\n# "note\n2,y\n3,z\n# end', { comment: '#' }],
    'comments of two characters': ['// note\na,b\n1,x\n2,y\n//\n3,z\n', { comment: '//' }],
    'comments and a blank line before the header': ['# one\n\n# two\na,b\n1,x\n2,y\n3,z\n', { comment: '#' }],
    'a title and comments, packed': [gzipSync('Title\n# note\na,b\n1,x\n2,y\n3,z\n'), { skip: 1, comment: '#' }],
    'blanks after the delimiters': ['a, b\n1, x\n2, y\n3, z\n'],
    'blanks around quoted values': ['a, b\n1, "x"\n2 , "y" \n3, "z"\n'],
    'blanks after the delimiters of a quoted header': ['"a", "b"\n1, x\n2, y\n3, z\n'],
    'blanks in the rows alone, declared': ['a,b\n1, x\n 2,y \n3, z\n', { trim: true }],
    'blanks before quotes in the rows alone': ['a,b\n1, "x"\n2,"y"\n3, "z"\n'],
    'blanks around names': [' a ,b \n1,x\n2,y\n3,z\n'],
    'every value in quotes': ['"a","b"\n"1","x"\n"2","y"\n"3","z"\n'],
  };
  test.each(Object.entries(same))('%s', async (_, [text, options]) => {
    const name = typeof text === 'string' || options?.encoding === 'utf-16' ? 'same.csv' : 'same.csv.gz';
    expect(await read(text, options, name)).toEqual(ab);
  });
});

describe('values', () => {
  const cases: Record<string, [text: string, values: Record<string, unknown[]>, read?: ReadOptions]> = {
    'a line break in quotes stays what it is, in a file of other line ends': [
      'a,b\r\n1,"x\ny"\r\n2,"x\r\ny"\n3,"x\ry"\r\n',
      { a: [1, 2, 3], b: ['x\ny', 'x\r\ny', 'x\ry'] },
    ],
    'a sign of comments in the middle of a line is part of a value': [
      'a,b\n1,x # y\n2,"#z"\n3,"\n#w"\n',
      { a: [1, 2, 3], b: ['x # y', '#z', '\n#w'] },
      { comment: '#' },
    ],
    'a sign of comments in a file without': ['#a,b\n1,#x\n', { '#a': [1], b: ['#x'] }],
    'a delimiter in quotes after a blank': ['a, b\n1, "x, y"\n2, "z"\n', { a: [1, 2], b: ['x, y', 'z'] }],
    'a delimiter in quotes after a blank, without blanks in the header': ['a,b\n1, "x, y"\n2,"z"\n', { a: [1, 2], b: ['x, y', 'z'] }],
    'blanks in quotes are part of a value': ['a, b\n1, " x "\n2, y\n', { a: [1, 2], b: [' x ', 'y'] }],
    'blanks stay where nothing says that they do not count': ['a,b\n1, x\n2,y \n', { a: [1, 2], b: [' x', 'y '] }],
    'blanks stay where they are to stay': ['a, b\n1, x\n2, y\n', { a: [1, 2], ' b': [' x', ' y'] }, { trim: false }],
    'numbers after blanks': ['a, b\n1, 2.5\n2,  3.5\n', { a: [1, 2], b: [2.5, 3.5] }],
    'missing values between blanks': ['a, b\n1, \n2, NA\n3, 4\n', { a: [1, 2, 3], b: [NaN, NaN, 4] }, { null_values: ['NA'] }],
    'a file without a header, with blanks': ['1, x\n2, y\n', { column0: [1, 2], column1: ['x', 'y'] }, { header: false }],
    'an inch is no quote': ['a,b\r\n1,5" pipe\n2,y\r\n', { a: [1, 2], b: ['5" pipe', 'y'] }],
    'doubled quotes, mixed': ['a,b\r\n1,"x ""y"""\n2,""\r\n', { a: [1, 2], b: ['x "y"', null] }],
    'blanks in a quoted name': ['a," b "\n1,2\n', { a: [1], ' b ': [2] }],
    'names that occur twice get a number': ['a,a,b\n1,2,3\n', { a: [1], a_1: [2], b: [3] }],
    'a delimiter after every value makes a column without a name': ['a,b,\n1,2,\n3,4,\n', { a: [1, 3], b: [2, 4], column2: [null, null] }],
    'a delimiter after every value of the rows alone': ['a,b\n1,2,\n3,4,\n', { a: [1, 3], b: [2, 4] }],
    'one column with missing values': ['a\n1\n\n3\n', { a: [1, NaN, 3] }],
  };
  test.each(Object.entries(cases))('%s', async (_, [text, values, options]) => {
    expect(await read(text, options)).toEqual(values);
  });
});

test.each([
  ['a title line', 'Sales of May\na,b\n1,2\n', 2, /skip: 1.*comment/],
  ['a comment among the rows', 'a,b\n1,2\n# note\n3,4\n', 3, /comment: '#'/],
  ['a short row after mixed line ends', 'a,b\r\n1,2\n3\n', 3, /double quotes/],
  ['a long row after lines that do not count', 'Title\n# note\na,b\n1,2\n3,4,5\n', 5, /double quotes/, { skip: 1, comment: '#' }],
  ["a short row after Excel's line", 'sep=;\na;b\n1;2\n3\n', 4, /double quotes/],
  ['a short row between carriage returns', 'a,b\r1,2\r3\r4,5\r', 3, /double quotes/],
  ['a delimiter and a value at the end of a row', 'a,b\n1,2,\n3,4,5\n', 2, /skip|double/],
] as [string, string, number, RegExp, ReadOptions?][])('%s is told by its line', async (_, text, line, remedy, options = {}) => {
  folder.write('bad.csv', text);
  const error = await failureOf(() => readAll(folder.root, { d: { path: 'bad.csv', read: options } }, 'd'));
  expect(error.code).toBe('dataset.badRow');
  expect(error.at).toMatchObject({ line });
  expect(error.remedy).toMatch(remedy);
});

test('whatever ends the lines, the values are the same', async () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', '\r', ' ', '#', "'"), minLength: 1, maxLength: 5 });
  const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 6 });
  const ends = fc.array(fc.constantFrom('\n', '\r\n', '\r\r\n'), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rows, ends, async (values, lineEnds) => {
      const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const lines = ['a,b', ...values.map((row) => row.map(quote).join(','))];
      const text = lines.map((line, index) => line + (lineEnds[index] ?? '\n')).join('');
      folder.write('any.csv', text);
      const columns = { a: { type: 'text' }, b: { type: 'text' } } as const;
      const found = await readAll(folder.root, { d: { path: 'any.csv', columns } }, 'd');
      expect(found).toEqual({ a: values.map(([a]) => a), b: values.map(([, b]) => b) });
    }),
    { numRuns: 15 },
  );
});

describe('paths', () => {
  test.each([
    'data[1].csv',
    'a*b.csv',
    'q?.csv',
    '{x}.csv',
    "it's.csv",
    '"q".csv',
    '-l.csv',
    '[ab]/x.csv',
    'w=2/x.csv',
    'a\\b.csv',
    'a\\b[1].csv',
    ' .csv',
    '%41.csv',
    '!x.csv',
    '~.csv',
    '$HOME.csv',
    'ä 🚀.csv',
    '#1.csv',
    'a,b.csv',
  ])('%s is the file of that name', async (name) => {
    for (const neighbour of ['data1.csv', 'aZb.csv', 'qq.csv', 'x.csv', 'a/x.csv', 'A.csv']) folder.write(neighbour, 'a\n9\n');
    expect(await read('a\n7\n', {}, name)).toEqual({ a: [7] });
    expect(await read('a\r\n7\r\n8\n', {}, name)).toEqual({ a: [7, 8] });
  });

  test('a project in a folder whose name has signs of a glob', async () => {
    folder.write('p[1]*/x[2].csv', 'a\n7\n');
    folder.write('p1/x2.csv', 'a\n9\n');
    expect(await readAll(join(folder.root, 'p[1]*'), { d: { path: 'x[2].csv' } }, 'd')).toEqual({ a: [7] });
    expect(await readAll(join(folder.root, 'p[1]*'), { d: { path: '*.csv' } }, 'd')).toEqual({ a: [7] });
    expect(
      await readAll(join(folder.root, 'p[1]*'), { e: { path: 'x[2].csv' }, d: { query: 'SELECT a + 1 AS a FROM e ORDER BY ALL' } }, 'd'),
    ).toEqual({
      a: [8],
    });
  });
});

describe.each(['csv', 'parquet', 'jsonl'])('folders named key=value, %s', (extension) => {
  const root = (): string => join(folder.root, `h-${extension}`);
  const asColumns: DatasetSpec = { path: `*/*/x.${extension}`, read: { hive_partitions: true } };

  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    for (const w of ['w=1', 'w=2', 'w=__HIVE_DEFAULT_PARTITION__']) {
      folder.write(`h-${extension}/${w}/at=a%3Ab/other.txt`, '');
      const path = join(root(), w, `at=a%3Ab/x.${extension}`);
      await connection.run(
        `COPY (SELECT ${w.length} AS x, 'eu' AS r) TO ${quoteText(path)} (FORMAT ${extension === 'jsonl' ? 'json' : extension})`,
      );
    }
    connection.closeSync();
  });

  test('change nothing', async () => {
    const found = await readAll(root(), { d: { path: `w=[12]/*/x.${extension}` } }, 'd');
    expect(found).toEqual({ x: [3, 3], r: ['eu', 'eu'] });
    expect(await readAll(join(root(), 'w=1'), { d: { path: `*/x.${extension}` } }, 'd')).toEqual({ x: [3], r: ['eu'] });
  });

  test('are columns where the project says so', async () => {
    const found = await readAll(root(), { d: asColumns }, 'd');
    expect(found).toEqual({ x: [3, 3, 28], r: ['eu', 'eu', 'eu'], w: [1, 2, NaN], at: ['a:b', 'a:b', 'a:b'] });
    const typed = { ...asColumns, columns: { w: { type: 'category' as const } } };
    expect((await readAll(root(), { d: typed }, 'd')).w).toEqual(['1', '2', null]);
    const above = await readAll(join(root(), 'w=1'), { d: { ...asColumns, path: `*/x.${extension}` } }, 'd');
    expect(Object.keys(above)).toEqual(['x', 'r', 'at']);
  });

  test('enter the fingerprint where they are columns, and only there', async () => {
    const digests = async (spec: DatasetSpec): Promise<string> =>
      (await fingerprintDataset({ root: root(), datasets: { d: spec } }, 'd', { asOf })).digest;
    const plain = { path: asColumns.path ?? '' };
    const before = [await digests(plain), await digests(asColumns)];
    renameSync(join(root(), 'w=2'), join(root(), 'w=2000'));
    const after = [await digests(plain), await digests(asColumns)];
    renameSync(join(root(), 'w=2000'), join(root(), 'w=2'));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(await digests(asColumns)).toBe(before[1]);
  });

  test('are refused where they are no columns', async () => {
    const refused = async (spec: DatasetSpec): Promise<string> => (await failureOf(() => readAll(root(), { d: spec }, 'd'))).code;
    folder.write(`h-${extension}/q=1/r=2/a.txt`, '');
    copyFileSync(join(root(), `w=1/at=a%3Ab/x.${extension}`), join(root(), `q=1/r=2/y.${extension}`));
    expect(await refused({ ...asColumns, path: `q=1/*/y.${extension}` })).toBe('dataset.partitions');
    expect(await refused({ ...asColumns, path: `{w=1,q=1}/*/*.${extension}` })).toBe('dataset.partitions');
  });
});
