/**
 * The same rows through onnxruntime-node, onnxruntime-web and Python's onnxruntime: rows as they are, rows with values missing, and
 * rows with levels, numbers and times that training never saw.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { missingTime, type Chunk, type ColumnVector } from '../../src/engine/data/rows/columns.ts';
import { toFeeds } from '../../src/engine/inference/scoring/feeds.ts';
import type { ModelDescription } from '../../src/engine/inference/scoring/model.ts';
import { parseModelDescription } from '../../src/engine/inference/scoring/modelDescription.ts';
import { OnnxSession, type SessionOutput } from '../../src/engine/inference/scoring/onnxSession.ts';
import { takeRows } from '../../src/engine/inference/scoring/takeRows.ts';
import { runPython } from './python.ts';
import { random } from './trainingProject.ts';
import { runInWeb } from './webRuntime.ts';

/** The answers of two runtimes. Probabilities differ by their shares, too; numbers count in units of the largest. */
export interface Agreement {
  readonly rows: number;
  readonly labels: number;
  readonly absolute: number;
  /** Of probabilities from 1e-30 up. */
  readonly relative: number;
}

export interface Comparison {
  readonly name: string;
  readonly web: Agreement;
  readonly python: Agreement;
}

interface Asked {
  readonly name: string;
  readonly folder: string;
  readonly description: ModelDescription;
  readonly ours: readonly SessionOutput[];
  readonly web: Agreement;
}

/** A model's folder, and rows as they are read for it. */
export interface ModelRows {
  readonly name: string;
  readonly folder: string;
  readonly rows: Chunk;
}

/** Those of which a label differs, or a number by more than 1e-6. */
export function disagreeing(compared: readonly Comparison[]): readonly Comparison[] {
  return compared.filter(({ web, python }) => [web, python].some(({ labels, absolute }) => labels > 0 || !(absolute <= 1e-6)));
}

/** @param root where Python is asked */
export async function compareRuntimes(root: string, models: readonly ModelRows[]): Promise<readonly Comparison[]> {
  const asked: Asked[] = [];
  for (const { name, folder, rows } of models) asked.push(await askHere(name, folder, disturbed(rows)));
  const listing = join(root, 'runtimes.json');
  writeFileSync(listing, JSON.stringify(asked.map(({ folder }) => folder)));
  const theirs = await runPython<Record<string, readonly PlainOutput[]>>('mlflow-newest', 'run_models.py', { cwd: root, args: [listing] });
  return asked.map(({ name, folder, description, ours, web }) => ({
    name,
    web,
    python: agreement(description, ours, fromPlain(theirs[folder] ?? [])),
  }));
}

async function askHere(name: string, folder: string, rows: Chunk): Promise<Asked> {
  const description = parseModelDescription(readFileSync(join(folder, 'millwright.json')), folder);
  const onnx = readFileSync(join(folder, 'model.onnx'));
  const feeds = toFeeds(description.inputs, rows);
  await using session = await OnnxSession.open(onnx, 1);
  const ours = await session.run(feeds);
  writeFileSync(
    join(folder, 'feeds.json'),
    JSON.stringify(Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, plain(value)]))),
  );
  return { name, folder, description, ours, web: agreement(description, ours, await runInWeb(onnx, feeds)) };
}

/** JSON has no NaN, no infinities and no 64-bit integers: they go as texts. */
function plain({ type, data }: Tensor): { type: string; values: readonly (string | number)[] } {
  const values = Array.from<string | number | bigint>(data as Float64Array | BigInt64Array | string[]);
  return {
    type,
    values: values.map((value) => (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0) ? value : String(value))),
  };
}

interface PlainOutput {
  readonly name: string;
  readonly isText: boolean;
  readonly values: readonly (string | number)[];
}

function fromPlain(outputs: readonly PlainOutput[]): readonly SessionOutput[] {
  return outputs.map(({ name, isText, values }) => ({
    name,
    shape: [],
    content: isText ? values.map(String) : Float64Array.from(values, Number),
  }));
}

function agreement(description: ModelDescription, ours: readonly SessionOutput[], theirs: readonly SessionOutput[]): Agreement {
  const isRegression = description.task === 'regression';
  const numbers = (outputs: readonly SessionOutput[]): readonly number[] => Array.from(outputs.at(-1)?.content ?? [], Number);
  const labels = (outputs: readonly SessionOutput[]): readonly string[] =>
    isRegression ? [] : Array.from(outputs[0]?.content ?? [], String);
  const [wanted, given] = [numbers(ours), numbers(theirs)];
  const [own, other] = [labels(ours), labels(theirs)];
  const isMissing = wanted.map((value, at) => Number.isNaN(value) && Number.isNaN(given[at]));
  const differences = wanted.map((value, at) => (isMissing[at] === true ? 0 : Math.abs(value - (given[at] ?? NaN))));
  const unit = isRegression ? wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1) : 1;
  const most = (values: readonly number[]): number => values.reduce((largest, value) => (value <= largest ? largest : value), 0);
  return {
    rows: isRegression ? wanted.length : own.length,
    labels: own.filter((label, row) => label !== other[row]).length + (own.length === other.length ? 0 : Infinity),
    absolute: given.length === wanted.length ? most(differences) / unit : Infinity,
    relative: isRegression ? 0 : most(differences.map((difference, at) => difference / Math.max(wanted[at] ?? 0, 1e-30))),
  };
}

/** The rows; each with every second value missing; each with values that training never saw. */
function disturbed(rows: Chunk): Chunk {
  const next = random(17);
  const all = takeRows(
    rows,
    Array.from({ length: 3 * rows.rows }, (_, row) => row % rows.rows),
  );
  const columns = Object.entries(all.columns).map(([name, vector]) => [name, disturb(vector, rows.rows, next)] as const);
  return { rows: all.rows, columns: Object.fromEntries(columns) };
}

const unseenTexts = ['zzz', '', ' ', '__millwright_missing__', 'naN', '漢'];
const unseenNumbers = [-0, 0.5, -1, 987_654, 2 ** 53, -(2 ** 63), 2 ** 63, 1e300, -1e300, 5e-324, Infinity, -Infinity];
const unseenTimes = [0n, -62_135_596_800_000_000n, 253_402_300_799_000_000n, 2n ** 63n - 1n, -(2n ** 63n) + 1n];

function disturb(vector: ColumnVector, rows: number, next: () => number): ColumnVector {
  const change = <T>(row: number, value: T, missing: T, unseen: readonly T[]): T => {
    if (row < rows || next() < 0.5) return value;
    return row < 2 * rows ? missing : (unseen[Math.floor(next() * unseen.length)] ?? missing);
  };
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: vector.values.map((value, row) => change(row, value, NaN, unseenNumbers)) };
    case 'time':
      return { kind: 'time', values: vector.values.map((value, row) => change(row, value, missingTime, unseenTimes)) };
    case 'text':
      return { kind: 'text', values: vector.values.map((value, row) => change<string | null>(row, value, null, unseenTexts)) };
  }
}
