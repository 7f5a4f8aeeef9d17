import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readReports, reportArtifact } from '../../../src/engine/tracking/runs/reports.ts';
import { temporaryFolder } from '../../support/project.ts';

const lists = { classes: [], metrics: [], gates: [], importance: [], segments: [], classResults: [] };
const added = { classAverages: [], leakage: [], leakageChecks: [], notes: [], predictionColumns: [] };
const report = { version: 2, task: 'binary', stage: 'evaluate', dataset: 'spring', target: 'late', curves: {}, ...lists, ...added };

it('finds the reports of a run in the order of their making, and nothing else', async () => {
  const root = temporaryFolder();
  const artifactUri = join(root, 'mlruns', '1', 'run', 'artifacts');
  expect(await readReports(root, { artifactUri })).toEqual([]);
  const files: readonly (readonly [stage: string, text: string, madeAt: number])[] = [
    ['second', JSON.stringify({ ...report, stage: 'second' }), 2000],
    ['first', JSON.stringify({ ...report, stage: 'first' }), 1000],
    ['torn', JSON.stringify(report).slice(0, -1), 500],
    ['newer', JSON.stringify({ ...report, version: 3 }), 500],
    ['incomplete', JSON.stringify({ ...report, notes: undefined }), 500],
    ['foreign', '[1, 2]', 500],
    ['null', 'null', 500],
  ];
  for (const [stage, text, madeAt] of files) {
    const path = join(artifactUri, reportArtifact(stage));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, madeAt, madeAt);
  }
  expect((await readReports(root, { artifactUri })).map(({ stage }) => stage)).toEqual(['first', 'second']);
  expect((await readReports(root, { artifactUri: '/moved away/mlruns/1/run/artifacts' })).map(({ stage }) => stage)).toEqual([
    'first',
    'second',
  ]);
  expect(await readReports(root, { artifactUri: 's3://bucket/1' })).toEqual([]);
});

it('reads a report that the first version of the format holds, with what it could not say left empty', async () => {
  const root = temporaryFolder();
  const artifactUri = join(root, 'mlruns', '1', 'run', 'artifacts');
  const path = join(artifactUri, reportArtifact('evaluate'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, readFileSync(new URL('firstReport.json', import.meta.url)));
  const [read] = await readReports(root, { artifactUri });
  expect(read).toMatchObject({
    version: 2,
    stage: 'evaluate',
    baseline: 'flights@champion',
    baselineKind: 'model',
    model: { path: 'mlruns/1/models/m-1/artifacts' },
    classAverages: [],
    leakage: [],
    leakageChecks: [],
    notes: [],
    predictionColumns: [],
  });
  expect(read?.metrics[0]).toMatchObject({ metric: 'roc_auc', model: { value: 0.75 } });
  expect(read?.classResults[1]).toEqual({
    name: 'yes',
    rows: 2,
    precision: 1,
    recall: 0.5,
    f1: 2 / 3,
    rocAuc: undefined,
    averagePrecision: undefined,
  });
});
