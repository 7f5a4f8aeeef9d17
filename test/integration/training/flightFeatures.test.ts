/** The feature graph equals DuckDB on the three million flights, or on a tenth of them: every function and operator of the language, on real columns. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import type { DatasetReader } from '../../../src/engine/data/dataset/datasetReader.ts';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { inputElement, largestFeature, unfittedModel } from '../../../src/engine/features/compileFeatures.ts';
import { functionNames } from '../../../src/engine/features/expression/syntax.ts';
import { encodeOnnx } from '../../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, learnerDefaults } from '../../../src/engine/features/planFeatures.ts';
import { toFeeds } from '../../../src/engine/inference/scoring/feeds.ts';
import { OnnxSession } from '../../../src/engine/inference/scoring/onnxSession.ts';
import { flightsFile } from '../../support/flights.ts';
import { sweep } from '../../support/sweep.ts';
import { writeProject, type TestProject } from '../../support/trainingProject.ts';

/** One flight in so many, at every minute of an hour and in every part of the year that there is. */
const every = sweep({ sample: 10, whole: 1 });

const drawn = `(minute(date) + day(date)) % ${every} = 0`;
const yaml = `datasets: {flights: {path: ${JSON.stringify(flightsFile)}, where: ${JSON.stringify(drawn)}}}\n`;

/** An expression of ours, and SQL that says the same where DuckDB would raise. */
const expressions: readonly (readonly [string, string?])[] = [
  ['hour(date) + minute(date) / 60.0'],
  ['dayofweek(date)'],
  ['(year(date) * 12 + month(date)) * 31 + day(date)'],
  ['distance / delay'],
  ['distance % delay'],
  ['-delay * 3 - distance + .5e1'],
  ['abs(delay) + exp(delay / 100)'],
  ['exp(distance)'],
  ['ln(distance)'],
  ['log(delay)', 'case when delay > 0 then log(delay) end'],
  ['sqrt(delay)', 'case when delay >= 0 then sqrt(delay) end'],
  ['1 / ln(abs(delay))', 'case when delay <> 0 then 1 / ln(abs(delay)) end'],
  ['least(delay, 15, distance / 10)'],
  ['greatest(delay, null, distance % 100)'],
  ['coalesce(case when delay > 15 then delay end, distance, 0)'],
  ['case when delay > 15 then 1 when delay > 0 then 0.5 else -1 end'],
  ['case dayofweek(date) when 0 then distance when 6 then -distance end'],
  ["case when date >= '2001-03-01' and date < '2001-03-15 12:30:00.5' then hour(date) end"],
  ["origin = 'SEA' or destination in ('SFO', 'LAX', '')"],
  ["not (origin <> 'ATL' and not delay between -5 and 5)"],
  ['delay is null or distance is not null'],
  ['delay = 0 or delay <> distance and distance <= 1000.5'],
  ['not delay in (0, 1, 2) and distance not between 300 and 3_000'],
  ["coalesce(date, null) = date and origin is not null and destination != 'ORD'"],
];

/** DuckDB reckons with DOUBLE, as the graph does, and has no NaN where the language has a missing value. */
function asSql([text, sql]: readonly [string, string?]): string {
  return `((${(sql ?? text).replaceAll(/\b(?:delay|distance)\b/g, '$&::DOUBLE')}))::DOUBLE`;
}

let project: TestProject;
let reader: DatasetReader;
beforeAll(async () => {
  project = await writeProject(yaml, [{ unused: 1 }]);
  const budget = { threads: 2, memoryBytes: 2 ** 30 };
  reader = await openDataset(project.project, 'flights', { asOf: new Date(0), budget, signal: new AbortController().signal });
});
afterAll(async () => {
  await reader.close();
  await project[Symbol.asyncDispose]();
});

interface Comparison {
  rows: number;
  /** Rows in which one side is missing, or the two are further apart than 1e-6 of the value. */
  differing: number;
  /** Rows in which both sides have a value. */
  present: number;
  largest: number;
}

describe('the feature graph', () => {
  it('covers the language', () => {
    const texts = expressions.map(([text]) => text).join('\n');
    expect(functionNames.filter((name) => !texts.includes(`${name}(`))).toEqual([]);
    for (const part of [
      '+',
      '-',
      '*',
      '/',
      '%',
      '<',
      '<=',
      '>',
      '>=',
      '=',
      '<>',
      ' and ',
      ' or ',
      'not ',
      ' between ',
      ' in (',
      ' is null',
      'else',
      'case ',
    ]) {
      expect(texts).toContain(part);
    }
  });

  it('equals DuckDB on the flights', async () => {
    const numeric = Object.fromEntries(expressions.map(([value], index) => [`e${index}`, { value }]));
    const plan = planFeatures({ target: 'delay', numeric }, reader.columns, learnerDefaults.trees);
    const features = plan.features.filter((feature) => feature.kind === 'numeric');
    await using session = await OnnxSession.open(encodeOnnx(unfittedModel(plan, features)), 2);
    const inputs = plan.inputs.map((column) => ({ name: column.name, tensor: inputElement(column.type) }));
    const sql = Object.fromEntries(expressions.map((expression, index) => [`e${index}`, asSql(expression)]));
    const found = expressions.map((): Comparison => ({ rows: 0, differing: 0, present: 0, largest: 0 }));
    for await (const chunk of reader.chunks({ columns: plan.inputs.map(({ name }) => name), expressions: sql })) {
      const [output] = await session.run(toFeeds(inputs, chunk));
      found.forEach((comparison, index) => {
        compare(comparison, { ours: output?.content as Float64Array, width: found.length, index }, chunk.columns[`e${index}`]);
      });
    }
    const failures = found.flatMap((comparison, index) =>
      comparison.differing === 0 ? [] : [{ expression: expressions[index]?.[0], ...comparison }],
    );
    expect(failures).toEqual([]);
    const [{ rows } = { rows: 0 }] = found;
    expect(new Set(found.map((comparison) => comparison.rows))).toEqual(new Set([rows]));
    expect(rows).toBeGreaterThanOrEqual(every === 1 ? 3_000_000 : 2_500_000 / every);
    expect(Math.min(...found.map(({ present }) => present))).toBeGreaterThan(20_000 / every);
  });
});

function compare(
  comparison: Comparison,
  { ours, width, index }: { ours: Float64Array; width: number; index: number },
  theirs?: ColumnVector,
): void {
  if (theirs?.kind !== 'number') throw new RangeError('DuckDB gave no numbers');
  theirs.values.forEach((value, row) => {
    const wanted = Math.abs(value) <= largestFeature ? value : NaN; // what a feature cannot hold counts as missing
    const given = ours[row * width + index] ?? NaN;
    comparison.rows++;
    if (Number.isNaN(wanted) && Number.isNaN(given)) return;
    const difference = Math.abs(given - wanted) / Math.max(Math.abs(wanted), Number.MIN_VALUE);
    if (difference <= 1e-6 || given === wanted) {
      comparison.present++;
      comparison.largest = Math.max(comparison.largest, difference);
    } else comparison.differing++;
  });
}
