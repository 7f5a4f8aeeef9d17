/** A prediction that is killed on its way: no half file, no process left, and the next one clears up after it. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { isAlive, startMillwright, until, writeFiles } from '../../support/millwright.ts';
import { childrenOfNewest, jobsToEnd, killAll } from '../../support/kills.ts';
import { temporaryFolder } from '../../support/project.ts';

const yaml = `
name: killed
environment: development
datasets:
  small: {path: small.csv}
features:
  f: {target: late, numeric: [x], categorical: [c]}
stages:
  train: {uses: train, dataset: small, features: f, params: {max_iter: 300, max_leaf_nodes: 63, min_samples_leaf: 2}}
  register: {uses: register, model: train, name: killed, alias: champion}
`;

/** A registered model, and two million rows to predict for. */
async function prepare(root: string): Promise<void> {
  const row = (i: number): string => `${i},${((i * 7919) % 1000) / 10},${'abc'[i % 3] ?? ''},${(i * 104_729) % 1000 < 300 ? 1 : 0}`;
  const rows = Array.from({ length: 900 }, (_, i) => row(i));
  writeFiles(root, { 'millwright.yaml': yaml, 'small.csv': ['id,x,c,late', ...rows].join('\n') });
  const path = join(root, 'large.parquet').replaceAll("'", "''");
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `copy (select i as id, hash(i) % 1000 / 10 as x, ['a', 'b', 'c'][i % 3 + 1] as c from range(2000000) t(i)) to '${path}'`,
  );
  connection.closeSync();
  const trained = await startMillwright(root, ['run']);
  expect(trained.exitCode, String(trained.stderr)).toBe(0);
}

it('leaves the earlier file, and nothing of its own once the next one has run', async () => {
  const root = temporaryFolder('killed');
  await prepare(root);
  writeFileSync(join(root, 'out.csv'), 'before');
  const temporaries = (): string[] => readdirSync(root).filter((name) => name.startsWith('.out.'));
  const arguments_ = ['predict', '--model', 'killed@champion', '--output', 'out.csv', '--keep', 'id', '--data'];

  const running = startMillwright(root, [...arguments_, 'large.parquet']);
  await until(() => temporaries().length > 0, 'the prediction to write');
  const { children } = await childrenOfNewest(root);
  killAll([running.pid ?? 0]);
  await running;
  await until(() => children.every((pid) => !isAlive(pid)), 'the stage to end with its job');
  await jobsToEnd(root, 'killed');
  expect(readFileSync(join(root, 'out.csv'), 'utf8')).toBe('before');

  const again = await startMillwright(root, [...arguments_, 'small.csv']);
  expect(again.exitCode, String(again.stderr)).toBe(0);
  expect(readFileSync(join(root, 'out.csv'), 'utf8').split('\n').slice(0, 2)).toEqual([
    'id,prediction,probability',
    expect.stringMatching(/^0,[01],0\.\d+$/),
  ]);
  expect(temporaries()).toEqual([]);
  expect(existsSync(join(root, 'out.rejects.csv'))).toBe(false);
});

it('stops on its way when it is cancelled, and leaves nothing', async () => {
  const root = temporaryFolder('cancelled');
  await prepare(root);
  const running = startMillwright(root, ['predict', '--model', 'killed/1', '--output', 'out.parquet', '--data', 'large.parquet']);
  await until(() => readdirSync(root).some((name) => name.startsWith('.out.')), 'the prediction to write');
  running.kill('SIGINT');
  expect((await running).exitCode).toBe(130);
  expect(readdirSync(root).filter((name) => name.includes('out.'))).toEqual([]);
});
