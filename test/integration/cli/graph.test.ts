import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { GraphPicture } from '../../../src/protocol/graph/graphStatus.ts';
import { makeFolder } from '../../support/project.ts';
import { millwright } from './millwrightProcess.ts';

const example = join(import.meta.dirname, '../../../examples/flight-delays/millwright.yaml');
const root = makeFolder('graph');

beforeAll(() => {
  copyFileSync(example, join(root, 'millwright.yaml'));
});

test('the graph is a tree, a flowchart, a picture and a value, on standard output or in a file', async () => {
  const tree = await millwright(root, ['graph']);
  expect({ code: tree.code, stderr: tree.stderr }).toEqual({ code: 0, stderr: '' });
  expect(tree.stdout.split('\n').slice(2, 8)).toEqual([
    '▤ flights  data/flights.parquet',
    '├─ ▤ winter  before 2001-03-01',
    '│  ↓ ○ check  validate · The file data/flights.parquet does not exist.',
    '│  ↓ ○ train  train · gbdt · The file data/flights.parquet does not exist. · also after winter',
    '│  ↓ ◆ model of train  not made yet',
    '│  ↓ ○ evaluate  it reads the output of train, which would be made anew · also after spring, flight-delays@champion',
  ]);
  expect((await millwright(root, ['graph', '--format', 'mermaid'])).stdout).toMatch(/^flowchart TD\n {2}n0\[\("flights<br\/>/);
  const picture = JSON.parse((await millwright(root, ['graph', '--json'])).stdout) as GraphPicture;
  expect(picture.graph.nodes.map(({ id }) => id)).toContain('registered:flight-delays@challenger');
  expect((await millwright(root, ['graph', '--format', 'svg', '--theme', 'dark', '--output', 'docs/graph.svg'])).code).toBe(0);
  expect(readFileSync(join(root, 'docs/graph.svg'), 'utf8')).toMatch(
    /^<svg xmlns=.*\n<title>Pipeline of flight-delays<\/title>\n<rect [^>]*fill="#1f1f1f"/,
  );
});

test('no file that the project reads is written over', async () => {
  const before = readFileSync(join(root, 'millwright.yaml'));
  const refused = await millwright(root, ['graph', '--format', 'json', '--output', 'millwright.yaml']);
  expect({ code: refused.code, stderr: refused.stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('files.readByProject') as string,
  });
  expect(readFileSync(join(root, 'millwright.yaml'))).toEqual(before);
  expect((await millwright(root, ['graph', '--format', 'html'])).code).toBe(2);
});

test('a broken project file is told, and a large one stays quick', async () => {
  const folder = makeFolder('large graph');
  const stages = Array.from({ length: 600 }, (_, index) => `  s${index}: {run: "true", deps: [f${index}], outs: [f${index + 1}]}`);
  writeFileSync(join(folder, 'f0'), '');
  writeFileSync(join(folder, 'millwright.yaml'), ['name: large', 'environment: development', 'stages:', ...stages, ''].join('\n'));
  const large = await millwright(folder, ['graph']);
  expect([large.code, large.stdout.split('\n').length]).toEqual([0, 2 + 1201]);
  writeFileSync(join(folder, 'millwright.yaml'), 'name: large\nstages: {a: {uses: trian}}\n');
  expect(await millwright(folder, ['graph'])).toMatchObject({ code: 3, stderr: expect.stringContaining('trian') as string });
});
