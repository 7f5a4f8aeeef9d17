/** The feature graph in ONNX Runtime means what DuckDB means: every function, generated expressions, generated rows. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Column } from '../../../src/protocol/dataset.ts';
import { missingTime, type Chunk } from '../../../src/engine/data/rows/columns.ts';
import { inputElement, largestFeature, unfittedModel } from '../../../src/engine/features/compileFeatures.ts';
import { encodeOnnx } from '../../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, learnerDefaults } from '../../../src/engine/features/planFeatures.ts';
import { toFeeds } from '../../../src/engine/inference/scoring/feeds.ts';
import { OnnxSession } from '../../../src/engine/inference/scoring/onnxSession.ts';
import { random } from '../../support/trainingProject.ts';

const columns: readonly Column[] = [
  { name: 'a', type: 'number', storedAs: 'DOUBLE' },
  { name: 'b', type: 'number', storedAs: 'DOUBLE' },
  { name: 'i', type: 'integer', storedAs: 'INTEGER' },
  { name: 'big', type: 'integer', storedAs: 'BIGINT' },
  { name: 'f', type: 'boolean', storedAs: 'BOOLEAN' },
  { name: 'date', type: 'timestamp', storedAs: 'TIMESTAMP' },
  { name: 's', type: 'category', storedAs: 'VARCHAR' },
];
const rows = 500;
/** What a sum, a cast or a comparison may stumble over. */
const extremes = [0, -0, 1, -1, 0.5, 1e-300, 5e-324, -5e-324, 1e300, -1e9, 1e308, -1e308, 3.4e38, 3.5e38, Infinity, -Infinity, 2 ** 53];
const infiniteTime = 9_223_372_036_854_775_807n;
const days = 86_400_000_000n;
/** Around 1970, the years 1, 0 and −1, leap days, and the first and last that DuckDB has, its infinities among them. */
const moments = [
  0n,
  -1n,
  -days,
  -days - 1n,
  -62_135_596_800_000_000n,
  -62_135_596_800_000_001n,
  -62_167_219_200_000_001n,
  951_782_400_000_000n,
  -2_203_891_200_000_000n,
  9_000_000_000_000_000_000n,
  -9_223_372_022_400_000_000n,
  9_223_372_036_854_775_806n,
  infiniteTime,
  -infiniteTime,
];
const texts = ['x', 'y', '', "it's", 'ü🙂'];
let connection: DuckDBConnection;
let chunk: Chunk;

beforeAll(async () => {
  const next = random(7);
  const or = <T>(missing: T, value: T): T => (next() < 0.15 ? missing : value);
  const number = (): number => or(NaN, extremes[Math.floor(next() * 60)] ?? (next() - 0.5) * 10 ** (next() * 8));
  const micros = (index: number): bigint => {
    const moment = moments[index];
    if (moment !== undefined) return moment;
    const span = index % 3 === 0 ? 18_000_000_000_000_000_000 : 9_000_000_000_000_000;
    return BigInt(Math.round((next() - 0.5) * span));
  };
  chunk = {
    rows,
    columns: {
      a: { kind: 'number', values: Float64Array.from({ length: rows }, number) },
      b: { kind: 'number', values: Float64Array.from({ length: rows }, number) },
      i: { kind: 'number', values: Float64Array.from({ length: rows }, () => or(NaN, Math.floor((next() - 0.5) * 20))) },
      big: {
        kind: 'number',
        values: Float64Array.from({ length: rows }, () => or(NaN, pick(next, [2 ** 53, -(2 ** 53), 2 ** 53 - 1, 3_000_000_000, -1, 0]))),
      },
      f: { kind: 'number', values: Float64Array.from({ length: rows }, () => or(NaN, next() < 0.5 ? 1 : 0)) },
      date: {
        kind: 'time',
        values: BigInt64Array.from({ length: rows }, (_, index) =>
          index < moments.length ? micros(index) : or(missingTime, micros(index)),
        ),
      },
      s: {
        kind: 'text',
        values: Array.from({ length: rows }, () => or<string | null>(null, texts[Math.floor(next() * texts.length)] ?? '')),
      },
    },
  };
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('create table t (n INTEGER, a DOUBLE, b DOUBLE, i INTEGER, big BIGINT, f BOOLEAN, date TIMESTAMP, s VARCHAR)');
  const literal = (name: string, row: number): string => {
    const value = chunk.columns[name]?.values[row];
    if (value === null || value === undefined || value === missingTime || Number.isNaN(value)) return 'NULL';
    if (value === infiniteTime || value === -infiniteTime) return `'${value < 0 ? '-' : ''}infinity'::TIMESTAMP`;
    if (typeof value === 'bigint') return `make_timestamp(${value}::BIGINT)`;
    if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
    if (name === 'f') return String(value === 1);
    return name === 'i' || name === 'big' ? String(value) : `'${Number.isFinite(value) ? spell(value) : value}'::DOUBLE`;
  };
  const tuples = Array.from({ length: rows }, (_, row) => `(${row}, ${columns.map(({ name }) => literal(name, row)).join(', ')})`);
  await connection.run(`insert into t values ${tuples.join(', ')}`);
});

afterAll(() => {
  connection.closeSync();
});

/** −0 too. */
function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : value.toExponential();
}

/** The graph's values; what float32 cannot hold counts as missing. */
async function ours(expression: string): Promise<readonly number[]> {
  const plan = planFeatures({ target: 't', numeric: { value: { value: expression } } }, columns, learnerDefaults.trees);
  const features = plan.features.filter((feature) => feature.kind === 'numeric');
  await using session = await OnnxSession.open(encodeOnnx(unfittedModel(plan, features)), 1);
  const inputs = plan.inputs.map((column) => ({ name: column.name, tensor: inputElement(column.type) }));
  const [output] = await session.run(toFeeds(inputs, chunk));
  return Array.from(output?.content as Float64Array);
}

async function duckdbs(sql: string): Promise<readonly number[]> {
  const result = await connection.runAndReadAll(`select (${sql})::DOUBLE from t order by n`);
  return result.getRows().map(([value]) => (typeof value === 'number' && Math.abs(value) <= largestFeature ? value : NaN));
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

/** Words and values in turn. */
function choice(parts: readonly (string | Pair)[]): Pair {
  const joined = (side: 'text' | 'sql'): string => parts.map((part) => (typeof part === 'string' ? part : `(${part[side]})`)).join(' ');
  return { text: joined('text'), sql: joined('sql') };
}

/** Values both sides compute to the last bit: safe to compare and to take remainders of. */
function exactNumber(next: () => number, depth: number): Pair {
  const doubles = ['i', 'big'].map((name) => ({ text: name, sql: `${name}::DOUBLE` }));
  const leaves = [same('a'), same('b'), ...doubles, number(next), field(next)];
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
    () => call(pick(next, ['least', 'greatest', 'coalesce']), [same('null'), x, y, number(next)]),
    () => choice(['case s when', "'x'", 'then', x, "when '' then", y, 'end']),
    () => choice(['case', x, 'when', y, 'then 1 when 0 then', x, 'else null end']),
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
    () =>
      same(
        `date ${pick(next, ['<', '>=', '=', '<>'])} '${pick(next, ['1990-05-01 12:00', '1969-12-31 23:59:59.5', '0001-01-01', '1970-01-01'])}'`,
      ),
    () => same(`coalesce(case when f then date end, null, date) = date`),
    () => same(`case when f then date end is ${pick(next, ['', 'not '])}null`),
    () => choice([x, pick(next, ['in', 'not in']), '(1, 2.5,', y, ')']),
    () => choice([x, 'not between', y, 'and 100']),
    () => ({ text: `${x.text} is not null`, sql: `${x.sql} is not null` }),
    () => ({ text: `${x.text} between -1 and 3`, sql: `${x.sql} between -1 and 3` }),
  ];
  if (depth === 0) return pick(next, forms)();
  const left = truth(next, depth - 1);
  const right = truth(next, depth - 1);
  return pick(next, [
    ...forms,
    () => join(left, pick(next, ['=', '<>', '<']), right),
    () => choice([left, 'is null']),
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

/** Text without a parenthesis, the same for both: what binds tighter than what. Small whole numbers, so that both are exact. */
function flatNumber(next: () => number, depth: number): string {
  const leaf = (): string => `${next() < 0.2 ? '- ' : ''}${pick(next, ['i', 'i', '2e0', '3', '0.5e0'])}`;
  const further = (): string => pick(next, [() => `${pick(next, ['+', '-', '*'])} ${leaf()}`, () => pick(next, ['/ 4e0', '% 7e0'])])();
  return [leaf(), ...Array.from({ length: Math.floor(next() * depth) }, further)].join(' ');
}

function flatTruth(next: () => number, depth: number): string {
  const x = (): string => flatNumber(next, 3);
  const test = (): string =>
    pick(next, [
      () => `${x()} ${pick(next, ['<', '<=', '>', '>=', '=', '<>', '!=', '=='])} ${x()}`,
      () => `${x()} ${pick(next, ['', 'not '])}between ${x()} and ${x()}`,
      () => `${x()} ${pick(next, ['', 'not '])}in (${x()}, ${x()})`,
      () => `${x()} is ${pick(next, ['', 'not '])}null`,
      () => `${x()} = ${x()} is null`,
      () => 'f',
      () => `s ${pick(next, ['=', '<>'])} 'x'`,
    ])();
  const further = (): string => `${pick(next, ['and', 'or'])} ${pick(next, ['', 'not ', 'not not '])}${test()}`;
  return [`${pick(next, ['', 'not '])}${test()}`, ...Array.from({ length: Math.floor(next() * depth) }, further)].join(' ');
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

  it('bind as in DuckDB where there are no parentheses', async () => {
    const next = random(1969);
    for (let round = 0; round < 150; round++) {
      const text = next() < 0.4 ? `case when ${flatTruth(next, 4)} then i else ${flatNumber(next, 5)} end` : flatTruth(next, 5);
      if (!/\b(?:i|f|s)\b/.test(text)) continue;
      expectClose(text, await ours(text), await duckdbs(`(${text})${text.startsWith('case') ? '' : '::INTEGER'}`));
    }
  });

  it('never divide the smallest int64 by minus one, which would end the process', async () => {
    for (const field of ['year', 'month', 'day', 'dayofweek', 'hour', 'minute']) {
      const text = `${field}(date) / -1 + ${field}(date) % -1`;
      const found = await ours(text);
      expect(found.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(300);
      expectClose(text, found, await duckdbs(`${field}(date)::DOUBLE / -1e0 + ${field}(date)::DOUBLE % -1e0`));
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
    ["date > '2001-02-30'", 'a timestamp can be compared with a timestamp only.'],
    ["date > 'soon'", 'a timestamp can be compared with a timestamp only.'],
    ['1 + 2', 'the expression reads no column, so it is the same for every row.'],
    ['abs(a, b)', 'abs takes exactly one value.'],
  ])('refuses %s', async (expression, problem) => {
    await expect(ours(expression)).rejects.toMatchObject({ code: 'features.expression', args: { problem } });
  });

  it('tells a misspelt column with the name that it most likely means', async () => {
    await expect(ours('hour(dat)')).rejects.toMatchObject({ remedy: expect.stringContaining('Did you mean "date"?') as string });
  });
});
