/** `npm run soak`: onnxruntime-node, onnxruntime-web and Python's onnxruntime give one answer on 300 generated models and on the examples. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { examples, type ExampleName } from '../../scripts/prepareExample.ts';
import { makeFolder } from '../support/project.ts';
import { exampleRows, generatedRows } from '../support/runtimeModels.ts';
import { compareRuntimes, disagreeing, type Comparison, type ModelRows } from '../support/threeRuntimes.ts';

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

async function expectAgreement(models: readonly ModelRows[]): Promise<void> {
  const compared = await compareRuntimes(root, models);
  all.push(...compared);
  expect(disagreeing(compared)).toEqual([]);
}

it.each(blocks.map((block, index) => ({ index, block })))('agree on the generated models of block $index', async ({ block }) => {
  await expectAgreement(await generatedRows(root, block));
});

it.each(Object.keys(examples) as ExampleName[])('agree on the example %s', async (example) => {
  await expectAgreement(await exampleRows(root, example));
});
