/** `npm run soak`: onnxruntime-node, onnxruntime-web and Python's onnxruntime give one answer on 300 generated models and on the examples. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { generateModel } from '../support/generatedModels.ts';
import { modelOf, rowsFor, trainGenerated, writeGenerated } from '../support/generatedTraining.ts';
import { makeFolder } from '../support/project.ts';
import { compareRuntimes, type Comparison } from '../support/threeRuntimes.ts';

/** Other seeds than those that `npm test` asks. */
const seeds = Array.from({ length: 300 }, (_, index) => 1000 + index);
const blocks = Array.from({ length: 10 }, (_, block) => seeds.filter((_seed, index) => index % 10 === block));

const root = makeFolder('soak');
const all: Comparison[] = [];

afterAll(() => {
  const most = (of: (comparison: Comparison) => number): number => all.reduce((largest, one) => Math.max(largest, of(one)), 0);
  console.table({
    models: all.length,
    rows: all.reduce((sum, { web }) => sum + web.rows, 0),
    'web: labels that differ': most(({ web }) => web.labels),
    'web: largest difference': most(({ web }) => web.absolute),
    'web: largest share of a probability': most(({ web }) => web.relative),
    'Python: labels that differ': most(({ python }) => python.labels),
    'Python: largest difference': most(({ python }) => python.absolute),
    'Python: largest share of a probability': most(({ python }) => python.relative),
  });
  rmSync(root, { recursive: true, force: true });
});

it.each(blocks.map((block, index) => ({ index, block })))('agree on the generated models of block $index', async ({ block }) => {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const models: Parameters<typeof compareRuntimes>[1][number][] = [];
  for (const seed of block) {
    const folder = join(root, String(seed));
    const generated = generateModel(seed);
    const project = await writeGenerated(connection, folder, generated);
    await trainGenerated(folder, project);
    models.push({ name: generated.name, folder: modelOf(folder), rows: await rowsFor(modelOf(folder), project, 'fresh') });
  }
  connection.closeSync();
  const compared = await compareRuntimes(root, models);
  all.push(...compared);
  expect(disagreeing(compared)).toEqual([]);
});

function disagreeing(compared: readonly Comparison[]): readonly Comparison[] {
  return compared.filter(({ web, python }) => [web, python].some(({ labels, absolute }) => labels > 0 || !(absolute <= 1e-6)));
}
