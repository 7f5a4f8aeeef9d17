/** Imputing, scaling and encoding are what scikit-learn's transformers do, unseen levels and missing values included. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Column } from '../../src/protocol/dataset.ts';
import type { Chunk } from '../../src/engine/data/rows/columns.ts';
import { featureColumns, featureModel, inputElement } from '../../src/engine/features/compileFeatures.ts';
import { fitCategorical, fitNumeric, type FittedFeature } from '../../src/engine/features/fitFeatures.ts';
import { encodeOnnx } from '../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, type FeaturePlan, learnerDefaults } from '../../src/engine/features/planFeatures.ts';
import { toFeeds } from '../../src/engine/inference/scoring/feeds.ts';
import { OnnxSession } from '../../src/engine/inference/scoring/onnxSession.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { random } from '../support/trainingProject.ts';

const root = makeFolder('features');
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const columns: readonly Column[] = [
  { name: 'x', type: 'number', storedAs: 'DOUBLE' },
  { name: 'k', type: 'integer', storedAs: 'BIGINT' },
  { name: 'c', type: 'category', storedAs: 'VARCHAR' },
];

const plan = planFeatures(
  {
    target: 't',
    numeric: {
      bare: { value: 'x', impute: 'none', scale: 'standard' },
      mean: { value: 'x', impute: 'mean', scale: 'none' },
      median: { value: 'x', impute: 'median', scale: 'none', indicator: true },
      mode: { value: 'k', impute: 'mode', scale: 'none' },
      constant: { value: 'x', impute: -7.5, scale: 'none' },
      scaled: { value: 'x', impute: 'mean', scale: 'standard' },
      scaled_mode: { value: 'k', impute: 'mode', scale: 'standard' },
    },
    categorical: { hot: { value: 'c', encode: 'one_hot' }, place: { value: 'c', encode: 'ordinal' } },
  },
  columns,
  learnerDefaults.linear,
);

interface Rows {
  readonly x: Float64Array;
  readonly k: Float64Array;
  readonly c: (string | null)[];
}

function makeRows(seed: number, count: number, levels: readonly string[]): Rows {
  const next = random(seed);
  const or = <T>(missing: T, value: T): T => (next() < 0.2 ? missing : value);
  return {
    x: Float64Array.from({ length: count }, () => or(NaN, 100 + (next() - 0.3) * 1000)),
    k: Float64Array.from({ length: count }, () => or(NaN, Math.floor(next() * next() * 5))),
    c: Array.from({ length: count }, () => or<string | null>(null, levels[Math.floor(next() * levels.length)] ?? '')),
  };
}

/** What the features learn of the rows. */
function fit(rows: Rows): readonly FittedFeature[] {
  const dictionary = [...new Set(rows.c)].filter((level) => level !== null);
  const codes = Int32Array.from(rows.c, (level) => (level === null ? -1 : dictionary.indexOf(level)));
  return plan.features.map((feature) => {
    if (feature.kind === 'numeric') return fitNumeric(feature, feature.source === 'k' ? rows.k : rows.x);
    if (feature.kind === 'cyclical') throw new Error('no cyclical feature is planned');
    return fitCategorical(feature, { dictionary, codes }, { values: new Float64Array(rows.c.length), classes: [] });
  });
}

/** The matrix of the rows by feature, missing values as null. */
async function transform(fitted: readonly FittedFeature[], rows: Rows): Promise<Record<string, (number | null)[][]>> {
  const chunk: Chunk = {
    rows: rows.c.length,
    columns: { x: { kind: 'number', values: rows.x }, k: { kind: 'number', values: rows.k }, c: { kind: 'text', values: rows.c } },
  };
  await using session = await OnnxSession.open(encodeOnnx(featureModel(plan, fitted)), 1);
  const [output] = await session.run(toFeeds(inputsOf(plan), chunk));
  const matrix = output?.content as Float64Array;
  const places = featureColumns(plan, fitted);
  const value = (row: number, column: number): number | null => {
    const found = matrix[row * places.length + column] ?? NaN;
    return Number.isNaN(found) ? null : found;
  };
  const ofFeature = (name: string): number[] => [...places.keys()].filter((column) => places[column]?.feature === name);
  const each = (name: string): (number | null)[][] => rows.c.map((_, row) => ofFeature(name).map((column) => value(row, column)));
  return Object.fromEntries(plan.features.map(({ name }) => [name, each(name)]));
}

function inputsOf({ inputs }: FeaturePlan): { name: string; tensor: 'double' | 'int64' | 'string' }[] {
  return inputs.map(({ name, type }) => ({ name, tensor: inputElement(type) }));
}

/** NaN has no place in JSON. */
function plain({ x, k, c }: Rows): Record<string, (number | string | null)[]> {
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return { x: Array.from(x, orNull), k: Array.from(k, orNull), c };
}

describe('features', () => {
  it('are those of scikit-learn', async () => {
    const known = makeRows(3, 500, ['a', 'b b', '', "o'e", 'Z', 'ü']);
    const fresh = makeRows(4, 200, ['a', 'b b', '', "o'e", 'Z', 'ü', 'unseen', 'A']);
    const path = join(root, 'features.json');
    const features = await transform(fit(known), fresh);
    writeFileSync(path, JSON.stringify({ known: plain(known), fresh: plain(fresh), features }));
    const found = await runPython<{ features: Record<string, { columns: number; difference: number }> }>(
      'mlflow-newest',
      'check_features.py',
      {
        cwd: root,
        args: [path],
      },
    );
    expect(Object.fromEntries(Object.entries(found.features).map(([name, { columns: count }]) => [name, count]))).toEqual({
      bare: 1,
      mean: 1,
      median: 2,
      mode: 1,
      constant: 1,
      scaled: 1,
      scaled_mode: 1,
      hot: 6,
      place: 1,
    });
    for (const [name, { difference }] of Object.entries(found.features)) {
      expect({ name, isNear: difference >= 0 && difference < 1e-6 }).toEqual({ name, isNear: true });
    }
  });
});
