/** One reading of every value: small files, and the types and values that come of them. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDuckdb } from '../../../src/engine/data/sql/duckdb.ts';
import { formatInstant } from '../../../src/engine/data/rows/instants.ts';
import { missingTime } from '../../../src/engine/data/rows/columns.ts';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import { asOf, budget, dataFolder, failureOf, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

interface Reading {
  readonly types: Record<string, string>;
  readonly values: Record<string, unknown[]>;
  readonly notes: string[];
}

async function readingOf(spec: DatasetSpec): Promise<Reading> {
  await using reader = await openDataset({ root: folder.root, datasets: { d: spec } }, 'd', { asOf, budget });
  const types = Object.fromEntries(reader.columns.map(({ name, type }) => [name, type]));
  const read: Record<string, unknown[]> = {};
  for await (const chunk of reader.chunks({ columns: Object.keys(types) })) {
    for (const [name, vector] of Object.entries(chunk.columns)) (read[name] ??= []).push(...vector.values);
  }
  const plain = (value: unknown): unknown =>
    typeof value === 'bigint' ? (value === missingTime ? null : formatInstant(value)) : Number.isNaN(value) ? null : value;
  const values = Object.fromEntries(Object.entries(read).map(([name, column]) => [name, column.map(plain)]));
  return { types, values, notes: reader.notes.filter(({ kind }) => kind !== 'level').map(({ kind, column }) => `${kind} ${column}`) };
}

/** A column `x` of the values, as one CSV file. */
interface Case {
  readonly what: string;
  readonly texts: readonly string[];
  readonly type: string;
  readonly values: readonly unknown[];
  readonly notes?: readonly string[];
  readonly spec?: Partial<DatasetSpec>;
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const cases: readonly Case[] = [
  // dates and times
  { what: 'ISO dates', texts: ['2024-03-15', '2024-03-16'], type: 'timestamp', values: ['2024-03-15', '2024-03-16'] },
  { what: 'ISO with slashes and short days', texts: ['2024/3/5', '2024/03/16'], type: 'timestamp', values: ['2024-03-05', '2024-03-16'] },
  {
    what: 'ISO dates among ISO moments',
    texts: ['2024-03-15', '2024-03-15T10:30:00+02:00'],
    type: 'timestamp',
    values: ['2024-03-15', '2024-03-15T08:30:00Z'],
  },
  {
    what: 'ISO with a zone by name',
    texts: ['2024-03-15 10:00:00 UTC', '2024-03-15 10:00:00+0530'],
    type: 'timestamp',
    values: ['2024-03-15T10:00:00Z', '2024-03-15T04:30:00Z'],
  },
  {
    what: 'a day above 12 in the first place',
    texts: ['05/03/2024', '25/03/2024'],
    type: 'timestamp',
    values: ['2024-03-05', '2024-03-25'],
  },
  {
    what: 'a day above 12 in the second place',
    texts: ['03/05/2024', '03/25/2024'],
    type: 'timestamp',
    values: ['2024-03-05', '2024-03-25'],
  },
  {
    what: 'no day above 12',
    texts: ['05/03/2024', '06/04/2024'],
    type: 'timestamp',
    values: ['2024-03-05', '2024-04-06'],
    notes: ['ambiguous x'],
  },
  {
    what: 'no day above 12, said',
    texts: ['05/03/2024', '06/04/2024'],
    type: 'timestamp',
    values: ['2024-05-03', '2024-06-04'],
    spec: { read: { date_format: '%m/%d/%Y' } },
  },
  {
    what: 'no day above 12, said of the column',
    texts: ['05/03/2024', '06/04/2024'],
    type: 'timestamp',
    values: ['2024-05-03', '2024-06-04'],
    spec: { columns: { x: { format: '%m/%d/%Y' } } },
  },
  {
    what: 'no day above 12 with times, the date said',
    texts: ['05/03/2024 10:00', '06/04/2024 11:00'],
    type: 'timestamp',
    values: ['2024-05-03T10:00:00Z', '2024-06-04T11:00:00Z'],
    spec: { read: { date_format: '%m/%d/%Y' } },
  },
  { what: 'points', texts: ['1.5.2024', '25.05.2024'], type: 'timestamp', values: ['2024-05-01', '2024-05-25'] },
  {
    what: 'years of two digits',
    texts: ['05/03/24', '25/03/24'],
    type: 'timestamp',
    values: ['2024-03-05', '2024-03-25'],
    notes: ['ambiguous x'],
  },
  { what: 'American years of two digits', texts: ['03/05/24', '03/25/24'], type: 'timestamp', values: ['2024-03-05', '2024-03-25'] },
  {
    what: 'years of two digits in any place',
    texts: ['05/03/07', '06/04/08'],
    type: 'timestamp',
    values: ['2007-03-05', '2008-04-06'],
    notes: ['ambiguous x'],
  },
  {
    what: 'years of two digits with dashes are no year 24',
    texts: ['24-03-15', '24-03-16'],
    type: 'timestamp',
    values: ['2015-03-24', '2016-03-24'],
    notes: ['ambiguous x'],
  },
  {
    what: 'years of two digits, said',
    texts: ['24-03-15', '24-03-16'],
    type: 'timestamp',
    values: ['2024-03-15', '2024-03-16'],
    spec: { read: { date_format: '%y-%m-%d' } },
  },
  {
    what: 'AM and PM',
    texts: ['3/15/2024 2:30 PM', '3/15/2024 12:05 AM'],
    type: 'timestamp',
    values: ['2024-03-15T14:30:00Z', '2024-03-15T00:05:00Z'],
  },
  {
    what: 'AM and PM with seconds, without a blank',
    texts: ['3/15/2024 2:30:15PM', '3/16/2024 12:05:00am'],
    type: 'timestamp',
    values: ['2024-03-15T14:30:15Z', '2024-03-16T00:05:00Z'],
  },
  { what: 'months by name', texts: ['15-Mar-2024', '01-May-2024'], type: 'timestamp', values: ['2024-03-15', '2024-05-01'] },
  { what: 'months by their whole name', texts: ['15 March 2024', '1 May 2024'], type: 'timestamp', values: ['2024-03-15', '2024-05-01'] },
  { what: 'months first by name', texts: ['Mar 15, 2024', 'May 1, 2024'], type: 'timestamp', values: ['2024-03-15', '2024-05-01'] },
  { what: 'SAS dates', texts: ['15MAR2024', '01MAY2024'], type: 'timestamp', values: ['2024-03-15', '2024-05-01'] },
  { what: 'compact ISO', texts: ['20240301T101500', '20240315T000000'], type: 'timestamp', values: ['2024-03-01T10:15:00Z', '2024-03-15'] },
  {
    what: 'C time',
    texts: ['Fri Mar 15 10:00:00 2024', 'Sat Mar 16 10:00:00 2024'],
    type: 'timestamp',
    values: ['2024-03-15T10:00:00Z', '2024-03-16T10:00:00Z'],
  },
  { what: 'RFC 2822', texts: ['Fri, 15 Mar 2024 10:00:00 +0200'], type: 'timestamp', values: ['2024-03-15T08:00:00Z'] },
  {
    what: 'parts of seconds',
    texts: ['15/03/2024 10:00:00.5', '15/03/2024 10:00:00.25'],
    type: 'timestamp',
    values: ['2024-03-15T10:00:00.5Z', '2024-03-15T10:00:00.25Z'],
  },
  {
    what: 'digits are numbers until they are said to be days',
    texts: ['20240315', '20240316'],
    type: 'integer',
    values: [20240315, 20240316],
  },
  {
    what: 'digits said to be days',
    texts: ['20240315', '20240316'],
    type: 'timestamp',
    values: ['2024-03-15', '2024-03-16'],
    spec: { columns: { x: { format: '%Y%m%d' } } },
  },
  {
    what: 'epoch seconds, said',
    texts: ['1709287200', '1709287200.5'],
    type: 'timestamp',
    values: ['2024-03-01T10:00:00Z', '2024-03-01T10:00:00.5Z'],
    spec: { columns: { x: { format: 'epoch_s' } } },
  },
  {
    what: 'epoch milliseconds, said',
    texts: ['1709287200000', '-1'],
    type: 'timestamp',
    values: ['2024-03-01T10:00:00Z', '1969-12-31T23:59:59.999Z'],
    spec: { columns: { x: { format: 'epoch_ms' } } },
  },
  {
    what: 'a declared time in a format of its own',
    texts: ['15-Mar-2024', '01-May-2024'],
    type: 'timestamp',
    values: ['2024-03-15', '2024-05-01'],
    spec: { columns: { x: { type: 'timestamp' } } },
  },
  { what: 'times of day are texts', texts: ['10:30', '11:45'], type: 'text', values: ['10:30', '11:45'] },
  { what: 'no such day', texts: ['31/02/2024', '01/02/2024'], type: 'text', values: ['31/02/2024', '01/02/2024'] },
  { what: 'NA beside dates', texts: ['25/03/2024', 'NA'], type: 'text', values: ['25/03/2024', 'NA'], notes: ['markers x'] },
  {
    what: 'NA beside dates, said',
    texts: ['25/03/2024', 'NA'],
    type: 'timestamp',
    values: ['2024-03-25', null],
    spec: { read: { null_values: ['NA'] } },
  },
  // numbers
  { what: 'whole numbers', texts: ['1', '-2', '+3'], type: 'integer', values: [1, -2, 3] },
  { what: 'whole and broken numbers', texts: ['1', '2.5', ''], type: 'number', values: [1, 2.5, null] },
  { what: 'numbers of R and of JavaScript', texts: ['1e+05', '1e-3', '.5', '5.'], type: 'number', values: [1e5, 1e-3, 0.5, 5] },
  { what: 'NaN and infinity', texts: ['1', 'NaN', 'inf'], type: 'number', values: [1, null, Infinity] },
  {
    what: 'the largest whole number of 64 bits',
    texts: ['9223372036854775807', '1'],
    type: 'text',
    values: [],
    spec: { columns: { x: { type: 'text' } } },
  },
  { what: 'codes with leading zeros', texts: ['00501', '10001'], type: 'text', values: ['00501', '10001'] },
  {
    what: 'codes that look like powers',
    texts: ['2E10', '7E1', '12E3'],
    type: 'text',
    values: ['2E10', '7E1', '12E3'],
    notes: ['codes x'],
  },
  {
    what: 'whole numbers and codes',
    texts: ['100', '1E2', '200', '2E2'],
    type: 'text',
    values: ['100', '1E2', '200', '2E2'],
    notes: ['codes x'],
  },
  { what: 'powers among broken numbers', texts: ['1.5', '1E2'], type: 'number', values: [1.5, 100] },
  {
    what: 'codes declared as numbers',
    texts: ['100', '1E2'],
    type: 'number',
    values: [100, 100],
    spec: { columns: { x: { type: 'number' } } },
  },
  { what: 'hexadecimal codes', texts: ['0x1F', '0x20'], type: 'text', values: ['0x1F', '0x20'] },
  { what: 'underscores', texts: ['1_000', '2_000'], type: 'text', values: ['1_000', '2_000'] },
  { what: 'telephone numbers', texts: ['+491701234567', '+491701234568'], type: 'text', values: ['+491701234567', '+491701234568'] },
  {
    what: 'numbers of 30 digits',
    texts: ['123456789012345678901234567890', '123456789012345678901234567891'],
    type: 'text',
    values: ['123456789012345678901234567890', '123456789012345678901234567891'],
    notes: ['long x'],
  },
  {
    what: 'numbers of 20 digits',
    texts: ['10000000000000000001', '5'],
    type: 'text',
    values: ['10000000000000000001', '5'],
    notes: ['long x'],
  },
  ...['NA', 'N/A', 'n/a', 'null', 'NULL', '?', '-', '--', '.', 'None', '#N/A', 'missing'].map((marker): Case => ({
    ...{ what: `${marker} beside numbers`, texts: ['1.5', marker, '2'], type: 'text', values: ['1.5', marker, '2'], notes: ['markers x'] },
  })),
  {
    what: 'NA beside numbers, said',
    texts: ['1.5', 'NA', '2'],
    type: 'number',
    values: [1.5, null, 2],
    spec: { read: { null_values: ['NA'] } },
  },
  { what: 'NA beside truth values', texts: ['true', 'NA', 'false'], type: 'text', values: ['true', 'NA', 'false'], notes: ['markers x'] },
  { what: 'NA as one level of many', texts: ['a', 'NA', 'b'], type: 'text', values: ['a', 'NA', 'b'] },
  { what: 'thousands', texts: ['1,234', '12', '1,234,567.5'], type: 'text', values: ['1,234', '12', '1,234,567.5'], notes: ['numbers x'] },
  {
    what: 'thousands, said',
    texts: ['1,234', '12', '1,234,567.5'],
    type: 'number',
    values: [1234, 12, 1234567.5],
    spec: { read: { thousands: ',' } },
  },
  { what: 'whole thousands, said', texts: ['1,234', '-12'], type: 'integer', values: [1234, -12], spec: { read: { thousands: ',' } } },
  {
    what: 'a comma that parts no thousands',
    texts: ['1,23', '12'],
    type: 'text',
    values: ['1,23', '12'],
    spec: { read: { thousands: ',' } },
  },
  { what: 'decimal commas', texts: ['1,5', '2,25'], type: 'text', values: ['1,5', '2,25'], notes: ['numbers x'] },
  { what: 'decimal commas, said', texts: ['1,5', '2'], type: 'number', values: [1.5, 2], spec: { read: { decimal: ',' } } },
  {
    what: 'German thousands, said',
    texts: ['1.234,5', '2'],
    type: 'number',
    values: [1234.5, 2],
    spec: { read: { decimal: ',', thousands: '.' } },
  },
  {
    what: 'a point where commas are decimal',
    texts: ['1.5', '2,5'],
    type: 'text',
    values: ['1.5', '2,5'],
    spec: { read: { decimal: ',' } },
  },
  { what: 'per cents', texts: ['12%', '7.5 %'], type: 'text', values: ['12%', '7.5 %'], notes: ['numbers x'] },
  { what: 'per cents, said', texts: ['12%', '7.5 %'], type: 'number', values: [12, 7.5], spec: { read: { symbols: ['%'] } } },
  {
    what: 'currencies with thousands, said',
    texts: ['$1,234.50', '-$5', '$ 7'],
    type: 'number',
    values: [1234.5, -5, 7],
    spec: { read: { symbols: ['$'], thousands: ',' } },
  },
  {
    what: 'one text among many numbers',
    texts: [...Array.from({ length: 20 }, (_, index) => String(index)), 'great'],
    type: 'text',
    values: [...Array.from({ length: 20 }, (_, index) => String(index)), 'great'],
    notes: ['stray x'],
  },
  { what: 'truth values', texts: ['true', 'FALSE'], type: 'boolean', values: [1, 0] },
  { what: 'no value at all', texts: ['', ''], type: 'text', values: [null, null] },
];

test.each(cases)('$what', async ({ texts, type, values, notes = [], spec = {} }) => {
  folder.write('d.csv', `x,other\n${texts.map((text) => `${quoted(text)},1`).join('\n')}\n`);
  const reading = await readingOf({ path: 'd.csv', ...spec });
  expect({ type: reading.types.x, notes: reading.notes }).toEqual({ type, notes });
  if (values.length > 0) expect(reading.values.x).toEqual(values);
});

/** Several files, or files of other formats; Parquet is written from SQL. */
interface FilesCase {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
  readonly notes?: readonly string[];
  readonly spec?: Partial<DatasetSpec>;
}

const fileCases: readonly FilesCase[] = [
  {
    what: 'a file of nothing but its header says nothing of types',
    files: { 'a.csv': 'x,y\n1,2024-03-15\n', 'b.csv': 'x,y\n' },
    types: { x: 'integer', y: 'timestamp' },
  },
  {
    what: 'a column that is empty in one file keeps its type',
    files: { 'a.csv': 'x,y\n,1\n', 'b.csv': 'x,y\n2,1\n' },
    types: { x: 'integer', y: 'integer' },
    values: { x: [null, 2] },
  },
  {
    what: 'whole numbers in one file and broken ones in another are numbers',
    files: { 'a.csv': 'x\n1\n', 'b.csv': 'x\n2.5\n' },
    types: { x: 'number' },
    values: { x: [1, 2.5] },
  },
  {
    what: 'one file tells how the days of another are meant',
    files: { 'a.csv': 'x\n05/03/2024\n', 'b.csv': 'x\n05/25/2024\n' },
    types: { x: 'timestamp' },
    values: { x: ['2024-05-03', '2024-05-25'] },
  },
  {
    what: 'codes in one file are codes in the other',
    files: { 'a.csv': 'x\n00501\n', 'b.csv': 'x\n501\n' },
    types: { x: 'text' },
    values: { x: ['00501', '501'] },
  },
  {
    what: 'JSON: texts of digits stay texts, texts of times are times',
    files: { 'a.jsonl': '{"x": "5", "y": "25/03/2024", "z": 1}\n', 'b.jsonl': '{"x": "7", "y": "26/03/2024", "z": 2.5}\n' },
    types: { x: 'text', y: 'timestamp', z: 'number' },
    values: { x: ['5', '7'], y: ['2024-03-25', '2024-03-26'], z: [1, 2.5] },
  },
  {
    what: 'JSON: numbers beyond 64 bits are texts, whole',
    files: { 'a.jsonl': '{"x": 123456789012345678901234567890}\n{"x": 123456789012345678901234567891}\n' },
    types: { x: 'text' },
    values: { x: ['123456789012345678901234567890', '123456789012345678901234567891'] },
    notes: ['long x'],
  },
  {
    what: 'JSON: NA beside numbers',
    files: { 'a.jsonl': '{"x": 1}\n{"x": "NA"}\n{"x": 2.5}\n' },
    types: { x: 'text' },
    values: { x: ['1', 'NA', '2.5'] },
    notes: ['markers x'],
  },
  {
    what: 'JSON: more files than DuckDB samples',
    files: Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index + 10}.jsonl`, index < 39 ? '{"x": 1}\n' : '{"x": 2.5}\n']),
    ),
    types: { x: 'number' },
  },
  {
    what: 'JSON: milliseconds, said',
    files: { 'a.jsonl': '{"x": 1709287200000}\n' },
    types: { x: 'timestamp' },
    values: { x: ['2024-03-01T10:00:00Z'] },
    spec: { columns: { x: { format: 'epoch_ms' } } },
  },
  {
    what: 'Parquet: narrow and wide whole numbers join',
    files: { 'a.parquet': 'SELECT 1::INTEGER AS x', 'b.parquet': 'SELECT 5000000000::BIGINT AS x' },
    types: { x: 'integer' },
    values: { x: [1, 5_000_000_000] },
  },
  {
    what: 'Parquet: whole and broken numbers join',
    files: { 'a.parquet': 'SELECT 1::INTEGER AS x', 'b.parquet': 'SELECT 2.5::DOUBLE AS x' },
    types: { x: 'number' },
    values: { x: [1, 2.5] },
  },
  {
    what: 'Parquet: a column without values has no type',
    files: { 'a.parquet': 'SELECT NULL::INTEGER AS x', 'b.parquet': "SELECT 'b' AS x", 'c.parquet': 'SELECT NULL::DOUBLE AS x' },
    types: { x: 'text' },
    values: { x: [null, 'b', null] },
  },
  {
    what: 'Parquet: texts without values do not make numbers texts',
    files: { 'a.parquet': 'SELECT 7::BIGINT AS x', 'b.parquet': 'SELECT NULL::VARCHAR AS x' },
    types: { x: 'integer' },
    values: { x: [7, null] },
  },
  {
    what: 'Parquet: numbers beyond 64 bits are texts, whole',
    files: { 'a.parquet': 'SELECT 12345678901234567890.5::DECIMAL(38, 1) AS x, 5::DECIMAL(38, 1) AS y' },
    types: { x: 'text', y: 'number' },
    values: { x: ['12345678901234567890.5'], y: [5] },
    notes: ['long x'],
  },
  {
    what: 'Parquet: seconds and days as numbers, said',
    files: { 'a.parquet': 'SELECT 1709287200 AS x, 20240315 AS y' },
    types: { x: 'timestamp', y: 'timestamp' },
    values: { x: ['2024-03-01T10:00:00Z'], y: ['2024-03-15'] },
    spec: { columns: { x: { type: 'timestamp', format: 'epoch_s' }, y: { format: '%Y%m%d' } } },
  },
  {
    what: 'Parquet: texts declared as times',
    files: { 'a.parquet': "SELECT '15-Mar-2024' AS x" },
    types: { x: 'timestamp' },
    values: { x: ['2024-03-15'] },
    spec: { columns: { x: { type: 'timestamp' } } },
  },
];

test.each(fileCases)('$what', async ({ files, types, values, notes = [], spec = {} }) => {
  for (const [name, content] of Object.entries(files)) await writeFile(name, content);
  const extension = Object.keys(files)[0]?.split('.').at(-1) ?? '';
  const reading = await readingOf({ path: `*.${extension}`, ...spec });
  expect({ types: reading.types, notes: reading.notes }).toEqual({ types, notes });
  if (values !== undefined) expect(reading.values).toMatchObject(values);
});

test('JSON files are read within the smallest memory', async () => {
  for (let index = 0; index < 40; index++) folder.write(`${index}.jsonl`, '{"x": 1}\n');
  await using reader = await openDataset({ root: folder.root, datasets: { d: { path: '*.jsonl' } } }, 'd', {
    asOf,
    budget: { threads: 2, memoryBytes: 2 ** 27 },
  });
  expect(reader.columns).toMatchObject([{ name: 'x', type: 'integer' }]);
});

async function writeFile(name: string, content: string): Promise<void> {
  if (!name.endsWith('.parquet')) {
    folder.write(name, content);
    return;
  }
  await using duckdb = await openDuckdb(budget, { folders: [folder.root] });
  await duckdb.query(`COPY (${content}) TO '${join(folder.root, name)}' (FORMAT parquet)`);
}

test.each([
  ['05/25/2024', 'x\n05/25/2024\n06/26/2024\n25/03/2024\n', /Row 3 of d\.csv: "25\/03\/2024".*%m\/%d\/%Y.*%d\/%m\/%Y/],
  ['ISO and another', 'x\n2024-03-15\n2024-03-16\n25/03/2024\n', /Row 3 of d\.csv: "25\/03\/2024".*iso.*%d\/%m\/%Y/],
] as const)('a column written in two ways is an error with both formats: %s', async (_, text, message) => {
  folder.write('d.csv', text);
  const error = await failureOf(async () => readAll(folder.root, { d: { path: 'd.csv' } }, 'd'));
  expect(error.code).toBe('dataset.wrongType');
  expect(error.message).toMatch(message);
  expect(error.remedy).toContain('format:');
});

test('a file that does not fit the format that is said is an error with both formats', async () => {
  folder.write('d.csv', 'x\n03/15/2024\n03/16/2024\n');
  const error = await failureOf(async () => readAll(folder.root, { d: { path: 'd.csv', read: { date_format: '%d/%m/%Y' } } }, 'd'));
  expect(error.message).toMatch(/Row 1 of d\.csv: "03\/15\/2024".*%d\/%m\/%Y.*%m\/%d\/%Y/);
});
