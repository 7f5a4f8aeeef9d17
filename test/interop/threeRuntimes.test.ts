/** onnxruntime-node, onnxruntime-web and Python's onnxruntime give one answer, with values missing and levels that training never saw. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { examples, type ExampleName } from '../../scripts/prepareExample.ts';
import { makeFolder } from '../support/project.ts';
import { exampleRows, generatedRows } from '../support/runtimeModels.ts';
import { compareRuntimes, disagreeing } from '../support/threeRuntimes.ts';

const root = makeFolder('runtimes');
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Every trainer and task four times; `npm run soak` asks about 300. */
const seeds = Array.from({ length: 24 }, (_, index) => 500 + index);

it('agree on generated models', async () => {
  const compared = await compareRuntimes(root, await generatedRows(root, seeds));
  expect(compared).toHaveLength(seeds.length);
  expect(disagreeing(compared)).toEqual([]);
});

it.each(Object.keys(examples) as ExampleName[])('agree on the example %s', async (example) => {
  const compared = await compareRuntimes(root, await exampleRows(root, example, example === 'flight-delays' ? 200 : 1));
  expect(compared.length).toBeGreaterThan(0);
  expect(disagreeing(compared)).toEqual([]);
});
