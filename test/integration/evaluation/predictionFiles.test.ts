/** Files of predictions as other programs leave them: sums in float32, rounded probabilities, classes written as 0 and 1. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluateFile, type EvaluateFileOptions } from '../../../src/engine/evaluation/evaluateFile.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import { temporaryFolder } from '../../support/project.ts';
import { random, stageContext } from '../../support/trainingProject.ts';

type Spec = EvaluateFileOptions['predictions'];

async function evaluate(header: string, rows: readonly (readonly (number | string)[])[], predictions: Spec): Promise<EvaluationReport> {
  const path = join(temporaryFolder('predictions'), 's.csv');
  writeFileSync(path, [header, ...rows.map((row) => row.join(','))].join('\n'));
  return evaluateFile(path, { predictions, seed: 1 }, stageContext().context);
}

const figure = (report: EvaluationReport, metric: string): number | undefined =>
  report.metrics.find((each) => each.metric === metric)?.model.value;

const draw = random(3);
const scored = Array.from({ length: 200 }, () => {
  const p = draw();
  return [draw() < p ? 1 : 0, p] as const;
});

test.each([
  ['1.0000001', 1],
  ['-0.0000009', 0],
])('a probability of %s is one of %d', async (text, exact) => {
  const report = await evaluate('late,p', [...scored, [exact, text]], { target: 'late', score: 'p' });
  const clean = await evaluate('late,p', [...scored, [exact, exact]], { target: 'late', score: 'p' });
  expect(report.notes).toEqual([]);
  expect(figure(report, 'log_loss')).toBe(figure(clean, 'log_loss'));
  expect(figure(report, 'brier_score')).toBe(figure(clean, 'brier_score'));
});

test('a number further out makes scores of the column, and says so', async () => {
  const report = await evaluate('late,p', [...scored, [1, 1.00001]], { target: 'late', score: 'p' });
  expect(figure(report, 'log_loss')).toBeUndefined();
  expect(report.notes.join()).toContain('its values are no probabilities');
});

/** Three probabilities that add up to 1, and the class drawn from them. */
const ofClasses = Array.from({ length: 120 }, () => {
  const raw = [draw(), draw(), draw()];
  const sum = raw.reduce((total, each) => total + each, 0);
  const probabilities = raw.map((each) => each / sum);
  const drawn = draw();
  const truth = drawn < probabilities[0]! ? 'a' : drawn < probabilities[0]! + probabilities[1]! ? 'b' : 'c';
  return { truth, probabilities };
});
const columns: Spec = { target: 'class', probabilities: { a: 'pa', b: 'pb', c: 'pc' } };
const rounded = (digits: number): (number | string)[][] =>
  ofClasses.map(({ truth, probabilities }) => [truth, ...probabilities.map((each) => each.toFixed(digits))]);

test('probabilities rounded to two digits are measured, divided by their sum, and it is said', async () => {
  const exact = await evaluate('class,pa,pb,pc', rounded(15), columns);
  const report = await evaluate('class,pa,pb,pc', rounded(2), columns);
  expect(exact.notes).toEqual([]);
  expect(report.notes).toEqual([expect.stringMatching(/^In \d+ rows the probabilities of the classes add up to 1 only within 0\.01/)]);
  expect(Math.abs(figure(report, 'log_loss')! - figure(exact, 'log_loss')!)).toBeLessThan(0.01);
});

test('sums that no rounding explains are those of scores', async () => {
  const report = await evaluate('class,pa,pb,pc', [...rounded(15), ['a', 0.9, 0.9, 0.9]], columns);
  expect(figure(report, 'log_loss')).toBeUndefined();
  expect(report.notes.join()).toContain('do not add up to 1');
});

test.each<[string, readonly (readonly (number | string)[])[], Partial<Spec>, string | undefined]>([
  ['0 and 1 beside 0 and 1 are classes', scored.map(([y, p]) => [y, p > 0.5 ? 1 : 0]), {}, 'binary'],
  ['0 and 1 beside 0 alone are classes', scored.map(([y]) => [y, 0]), {}, 'binary'],
  ['0.0 and 1.0 are classes', scored.map(([y, p]) => [`${y}.0`, p > 0.5 ? '1.0' : '0.0']), {}, 'binary'],
  ['0 and 1 are numbers where it is said', scored.map(([y, p]) => [y, p > 0.5 ? 1 : 0]), { task: 'regression' }, 'regression'],
  ['0 and 1 beside fractions are numbers', scored.map(([y, p]) => [y, p]), {}, 'regression'],
  ['other whole numbers are numbers', scored.map(([y, p]) => [y + 1, p > 0.5 ? 2 : 1]), {}, 'regression'],
])('%s', async (_name, rows, more, task) => {
  const report = await evaluate('t,e', rows, { target: 't', prediction: 'e', ...more });
  expect(report.task).toBe(task);
  const right = rows.filter(([t, e]) => Number(t) === Number(e)).length / rows.length;
  if (task === 'binary') {
    expect(report.classes).toEqual(['0', '1']);
    expect(figure(report, 'accuracy_score')).toBeCloseTo(right, 12);
    expect(report.notes.join()).toContain('measured as classes');
  }
});

test('a percentage of 0 is said to be none', async () => {
  const report = await evaluate(
    't,e',
    [
      [0, 1.5],
      [2, 2.5],
      [3, 2.5],
      [0, 0.5],
    ],
    { target: 't', prediction: 'e' },
  );
  expect(report.notes).toEqual([expect.stringContaining('t is 0 in 2 rows')]);
});
