/** Hundreds of generated predictions, measured by scikit-learn and by Millwright: the same figures to 1e-9. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFile, type EvaluateFileOptions } from '../../src/engine/evaluation/evaluateFile.ts';
import type { Predictions } from '../../src/engine/evaluation/metrics/predictions.ts';
import { scoreOnce } from '../../src/engine/evaluation/metrics/measuresOf.ts';
import { metricNames, kOf, parseMetric, type MetricKey } from '../../src/protocol/tables/metrics.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { sweep } from '../support/sweep.ts';

interface Case {
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly threshold?: number;
  readonly classes?: number;
  readonly group?: readonly number[];
  readonly weights: readonly number[] | null;
  readonly columns: Readonly<Record<string, readonly number[]>>;
  /** Null where a metric is not defined. */
  readonly expected: Readonly<Record<string, number | null>>;
  readonly file?: string;
}

const count = sweep({ sample: 120, whole: 480 });
const root = makeFolder('metrics');
let cases: readonly Case[];

beforeAll(async () => {
  expect(await runPython<number>('mlflow-newest', 'score_predictions.py', { cwd: root, args: [String(count)] })).toBe(count);
  cases = JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')) as Case[];
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function predictionsOf({ task, threshold = 0.5, classes = 0, group, weights, columns }: Case): Predictions {
  const { target = [], score = [], prediction = [] } = columns;
  const rows = {
    weights: weights === null ? undefined : Float64Array.from(weights),
    groups: group === undefined ? undefined : { codes: Uint32Array.from(group), count: Math.max(...group) + 1 },
  };
  switch (task) {
    case 'binary':
      return { task, ...rows, truth: Uint8Array.from(target), scores: Float64Array.from(score), threshold };
    case 'regression':
      return { task, ...rows, truth: Float64Array.from(target), scores: Float64Array.from(prediction) };
    case 'multiclass': {
      const scores = target.flatMap((_, row) => Array.from({ length: classes }, (_unused, k) => columns[`p${k}`]?.[row] ?? NaN));
      return { task, ...rows, truth: Int32Array.from(target), scores: Float64Array.from(scores), classes };
    }
  }
}

function expectEqual(figures: Readonly<Record<string, number | undefined>>, each: Case): void {
  for (const [metric, expected] of Object.entries(each.expected)) {
    const value = figures[metric] ?? NaN;
    if (expected === null) {
      expect(value, metric).toBeNaN();
      continue;
    }
    const difference = Math.abs(value - expected);
    expect(difference, `${metric} of ${JSON.stringify(each).slice(0, 2000)}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  }
}

describe('scikit-learn', () => {
  it('gives the same figures: two to five classes, numbers and rankings, with ties and weights', () => {
    const seen = new Set<string>();
    for (const each of cases) {
      const metrics = Object.keys(each.expected) as MetricKey[];
      metrics.forEach((metric) => seen.add(parseMetric(metric).name));
      expectEqual(scoreOnce(predictionsOf(each), metrics), each);
    }
    expect(cases.filter(({ weights }) => weights !== null).length).toBeGreaterThan(count / 5);
    expect(cases.filter(({ expected }) => expected.precision_score === null).length).toBeGreaterThan(0);
    expect([...seen].sort()).toEqual([...metricNames].sort());
  });

  it('gives the same figures of files that pandas wrote, read by the columns named', async () => {
    const filed = cases.filter(({ file }) => file !== undefined);
    expect(filed.length).toBe(count / 10);
    for (const each of filed) {
      const context = {
        signal: new AbortController().signal,
        budget: { threads: 1, memoryBytes: 2 ** 30 },
        log: () => undefined,
        progress: () => undefined,
      };
      const found = await evaluateFile(join(root, each.file ?? ''), settingsOf(each), context);
      expectEqual(Object.fromEntries(found.metrics.map(({ metric, model }) => [metric, model.value])), each);
    }
  });
});

/** Settings that ask for what scikit-learn measured. */
function settingsOf({ task, threshold, classes = 0, group, weights, expected }: Case): EvaluateFileOptions {
  const keys = Object.keys(expected) as MetricKey[];
  const parsed = keys.map((key) => parseMetric(key));
  const ks = keys.flatMap((key) => kOf(key) ?? []);
  const target = 'target';
  const predictions = {
    binary: { target, score: 'score', threshold },
    regression: { target, prediction: 'prediction', task: 'regression' as const },
    multiclass: { target, probabilities: Object.fromEntries(Array.from({ length: classes }, (_, k) => [`class ${k}`, `p${k}`])) },
  }[task];
  return {
    predictions,
    metrics: [...new Set(parsed.map(({ name }) => name))],
    ...(group === undefined ? {} : { group: 'group', k: ks }),
    ...(weights === null ? {} : { sample_weight: 'w' }),
    seed: 1,
  };
}
