/** The feature graph in ONNX Runtime means what DuckDB means: every function, generated expressions, generated rows. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Column } from '../../../src/protocol/dataset.ts';
import { missingTime, type Chunk } from '../../../src/engine/data/columns.ts';
import { inputElement, unfittedModel } from '../../../src/engine/features/compileFeatures.ts';
import { encodeOnnx } from '../../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, treeDefaults } from '../../../src/engine/features/planFeatures.ts';
import { toFeeds } from '../../../src/engine/inference/feeds.ts';
import { OnnxSession } from '../../../src/engine/inference/onnxSession.ts';
import { random } from '../../support/trainingProject.ts';

const columns: readonly Column[] = [
  { name: 'a', type: 'number', storedAs: 'DOUBLE' },
  { name: 'b', type: 'number', storedAs: 'DOUBLE' },
  { name: 'i', type: 'integer', storedAs: 'INTEGER' },
  { name: 'f', type: 'boolean', storedAs: 'BOOLEAN' },
  { name: 'date', type: 'timestamp', storedAs: 'TIMESTAMP' },
  { name: 's', type: 'category', storedAs: 'VARCHAR' },
];
const rows = 400;
const texts = ['x', 'y', '', "it's", 'ü🙂'];
let connection: DuckDBConnection;
let chunk: Chunk;

beforeAll(async () => {
  const next = random(7);
  const or = <T>(missing: T, value: T): T => (next() < 0.15 ? missing : value);
  const number = (): number =>
    or(NaN, [0, 1, -1, 0.5, 1e-300, 1e300, -1e9][Math.floor(next() * 25)] ?? (next() - 0.5) * 10 ** (next() * 8));
  const micros = (index: number): bigint => {
    if (index < 4) return [0n, -1n, -62_135_596_800_000_000n, 9_000_000_000_000_000_000n][index] ?? 0n;
    const span = index % 3 === 0 ? 18_000_000_000_000_000_000 : 9_000_000_000_000_000;
    return BigInt(Math.round((next() - 0.5) * span));
  };
  chunk = {
    rows,
    columns: {
      a: { kind: 'number', values: Float64Array.from({ length: rows }, number) },
      b: { kind: 'number', values: Float64Array.from({ length: rows }, number) },
      i: { kind: 'number', values: Float64Array.from({ length: rows }, () => or(NaN, Math.floor((next() - 0.5) * 20))) },
      f: { kind: 'number', values: Float64Array.from({ length: rows }, () => or(NaN, next() < 0.5 ? 1 : 0)) },
      date: { kind: 'time', values: BigInt64Array.from({ length: rows }, (_, index) => or(missingTime, micros(index))) },
      s: {
        kind: 'text',
        values: Array.from({ length: rows }, () => or<string | null>(null, texts[Math.floor(next() * texts.length)] ?? '')),
      },
    },
  };
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('create table t (n INTEGER, a DOUBLE, b DOUBLE, i INTEGER, f BOOLEAN, date TIMESTAMP, s VARCHAR)');
  const literal = (name: string, row: number): string => {
    const value = chunk.columns[name]?.values[row];
    if (value === null || value === undefined || value === missingTime || Number.isNaN(value)) return 'NULL';
    if (typeof value === 'bigint') return `make_timestamp(${value}::BIGINT)`;
    if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
    return name === 'f' ? String(value === 1) : name === 'i' ? String(value) : `${value.toExponential()}::DOUBLE`;
  };
  const tuples = Array.from({ length: rows }, (_, row) => `(${row}, ${columns.map(({ name }) => literal(name, row)).join(', ')})`);
  await connection.run(`insert into t values ${tuples.join(', ')}`);
});

afterAll(() => {
  connection.closeSync();
});

/** The graph's values; infinities count as missing. */
async function ours(expression: string): Promise<readonly number[]> {
  const plan = planFeatures({ target: 't', numeric: { value: { value: expression } } }, columns, treeDefaults);
  const features = plan.features.filter((feature) => feature.kind === 'numeric');
  await using session = await OnnxSession.open(encodeOnnx(unfittedModel(plan, features)), 1);
  const inputs = plan.inputs.map((column) => ({ name: column.name, tensor: inputElement(column.type) }));
  const [output] = await session.run(toFeeds(inputs, chunk));
  return Array.from(output?.content as Float64Array);
}

async function duckdbs(sql: string): Promise<readonly number[]> {
  const result = await connection.runAndReadAll(`select (${sql})::DOUBLE from t order by n`);
  return result.getRows().map(([value]) => (typeof value === 'number' && Number.isFinite(value) ? value : NaN));
}

function expectClose(expression: string, found: readonly number[], wanted: readonly number[]): void {
  const differing = found.flatMap((value, row) => {
    const other = wanted[row] ?? NaN;
    const isClose = (Number.isNaN(value) && Number.isNaN(other)) || Math.abs(value - other) <= 1e-6 * Math.abs(other) + 1e-300;
    return isClose ? [] : [{ row, value, other, inputs: columns.map(({ name }) => String(chunk.columns[name]?.values[row])).join(' | ') }];
  });
  expect({ expression, differing: differing.slice(0, 3) }).toEqual({ expression, differing: [] });
}

/** Ours beside DuckDB's: numbers are cast to DOUBLE there, NaN is missing, and what would raise is missing. */
interface Pair {
  readonly text: string;
  readonly sql: string;
}

const same = (text: string): Pair => ({ text, sql: text });
const whole = ({ text, sql }: Pair): Pair => ({ text, sql: `nullif((${sql})::DOUBLE, 'nan'::DOUBLE)` });

/** Values both sides compute to the last bit: safe to compare and to take remainders of. */
function exactNumber(next: () => number, depth: number): Pair {
  const leaves = [same('a'), same('b'), { text: 'i', sql: 'i::DOUBLE' }, number(next), field(next)];
  if (depth === 0) return pick(next, leaves);
  const x = exactNumber(next, depth - 1);
  const y = exactNumber(next, depth - 1);
  const condition = (): Pair => truth(next, depth - 1);
  const forms: (() => Pair)[] = [
    () => pick(next, leaves),
    () => join(x, pick(next, ['+', '-', '*', '/', '%']), y),
    () => ({ text: `-(${x.text})`, sql: `-(${x.sql})` }),
    () => call(pick(next, ['abs', 'sqrt']), [x]),
    () => call(pick(next, ['least', 'greatest', 'coalesce']), [x, y]),
    () => {
      const when = condition();
      return {
        text: `case when ${when.text} then ${x.text} else ${y.text} end`,
        sql: `case when ${when.sql} then ${x.sql} else ${y.sql} end`,
      };
    },
  ];
  return whole(pick(next, forms)());
}

function anyNumber(next: () => number, depth: number): Pair {
  const inner = exactNumber(next, depth);
  return next() < 0.3 ? whole(call(pick(next, ['exp', 'log', 'ln']), [inner])) : inner;
}

function truth(next: () => number, depth: number): Pair {
  const x = exactNumber(next, Math.max(0, depth - 1));
  const y = exactNumber(next, Math.max(0, depth - 1));
  const text = pick(next, texts).replaceAll("'", "''");
  const forms: (() => Pair)[] = [
    () => join(x, pick(next, ['<', '<=', '>', '>=', '=', '<>']), y),
    () => same('f'),
    () => same(`s = '${text}'`),
    () => same(`s in ('x', '${text}')`),
    () => same(`s is null`),
    () => same(`date >= '1990-05-01 12:00'`),
    () => ({ text: `${x.text} is not null`, sql: `${x.sql} is not null` }),
    () => ({ text: `${x.text} between -1 and 3`, sql: `${x.sql} between -1 and 3` }),
  ];
  if (depth === 0) return pick(next, forms)();
  const left = truth(next, depth - 1);
  const right = truth(next, depth - 1);
  return pick(next, [
    ...forms,
    () => join(left, pick(next, ['and', 'or']), right),
    () => ({ text: `not (${left.text})`, sql: `not (${left.sql})` }),
  ])();
}

function pick<T>(next: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(next() * choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}

function number(next: () => number): Pair {
  const text = pick(next, ['0', '1', '2.5', '7', '60.0', '1e3', '.1']);
  return { text, sql: `${text}::DOUBLE` };
}

function field(next: () => number): Pair {
  const text = `${pick(next, ['year', 'month', 'day', 'dayofweek', 'hour', 'minute'])}(date)`;
  return { text, sql: `${text}::DOUBLE` };
}

function join(x: Pair, operator: string, y: Pair): Pair {
  return { text: `(${x.text}) ${operator} (${y.text})`, sql: `(${x.sql}) ${operator} (${y.sql})` };
}

function call(name: string, args: readonly Pair[]): Pair {
  const sql = `${name}(${args.map((arg) => arg.sql).join(', ')})`;
  const raises = ['log', 'ln', 'sqrt'].includes(name);
  return { text: `${name}(${args.map((arg) => arg.text).join(', ')})`, sql: raises ? `try(${sql})` : sql };
}

describe('feature expressions', () => {
  it.each(['year(date)', 'month(date)', 'day(date)', 'dayofweek(date)', 'hour(date)', 'minute(date)', 'hour(date) + minute(date) / 60.0'])(
    '%s is what DuckDB says, before 1970 and at the ends of time too',
    async (expression) => {
      expectClose(expression, await ours(expression), await duckdbs(expression));
    },
  );

  it('agree with DuckDB on generated expressions', async () => {
    const next = random(2001);
    for (let round = 0; round < 300; round++) {
      const { text, sql } = anyNumber(next, 3);
      if (!/\b(?:a|b|i|f|date|s)\b/.test(text)) continue;
      expectClose(text, await ours(text), await duckdbs(sql));
    }
  });

  it('agree with DuckDB on generated conditions', async () => {
    const next = random(1789);
    for (let round = 0; round < 150; round++) {
      const { text, sql } = truth(next, 2);
      if (!/\b(?:a|b|i|f|date|s)\b/.test(text)) continue;
      expectClose(text, await ours(text), await duckdbs(`(${sql})::INTEGER`));
    }
  });

  it.each([
    ['distance * 2', 'there is no column "distance".'],
    ['hour(a)', 'hour needs a timestamp.'],
    ['date + 1', 'a number is needed, but this is a timestamp.'],
    ['s * 2', 'a number is needed, but this is a text.'],
    ['f + 1', 'a number is needed, but this is true or false.'],
    ["s < 'x'", 'a text column can be compared for equality with a text in single quotes only.'],
    ['a = null', 'a comparison with null is never true.'],
    ["date > 'soon'", 'a timestamp can be compared with a timestamp only.'],
    ['1 + 2', 'the expression reads no column, so it is the same for every row.'],
    ['abs(a, b)', 'abs takes exactly one value.'],
  ])('refuses %s', async (expression, problem) => {
    await expect(ours(expression)).rejects.toMatchObject({ code: 'features.expression', args: { problem } });
  });
});
