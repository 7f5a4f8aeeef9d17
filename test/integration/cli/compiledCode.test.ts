/** Code that is kept compiled is executed: it lies where nobody but the user can put it, or is not kept at all. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder } from '../../support/project.ts';
import { millwright } from './millwrightProcess.ts';

const launched = join(import.meta.dirname, '../../../dist/compiledCode.cjs');
let config = '';
const compiled = (...steps: readonly string[]): string => join(config, 'compiled', ...steps);
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

beforeEach(() => {
  config = join(makeFolder('compiled'), 'user');
});

/** A command of a user who named no folder to Node, as the tests do. */
async function startOnce(): Promise<void> {
  const started = await millwright(dirname(config), ['--version'], { MILLWRIGHT_CONFIG_HOME: config, NODE_COMPILE_CACHE: '' });
  expect(started).toMatchObject({ code: 0, stderr: '' });
}

it('is kept in folders that are closed to others, and serves the next start', async () => {
  await startOnce();
  const kept = filesIn(compiled());
  expect(kept).toHaveLength(1);
  for (const folder of [config, compiled()]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  const before = statSync(compiled(kept[0] ?? '')).mtimeMs;
  await startOnce();
  expect(filesIn(compiled())).toEqual(kept);
  expect(statSync(compiled(kept[0] ?? '')).mtimeMs).toBe(before);
});

it.each<[string, (whole: Buffer) => Buffer]>([
  ['a flipped byte', (whole) => Buffer.concat([whole.subarray(0, 1000), Buffer.from([255 - (whole[1000] ?? 0)]), whole.subarray(1001)])],
  ['half of it', (whole) => whole.subarray(0, whole.length / 2)],
  ['nothing', () => Buffer.alloc(0)],
])('is made anew where it is damaged: %s', async (_, damage) => {
  await startOnce();
  const path = compiled(filesIn(compiled())[0] ?? '');
  const damaged = damage(readFileSync(path));
  writeFileSync(path, damaged);
  await startOnce();
  expect(readFileSync(path).equals(damaged)).toBe(false);
});

it('is not kept behind a link, nor where others can write', async () => {
  const elsewhere = makeFolder('elsewhere');
  mkdirSync(config, { mode: 0o700 });
  symlinkSync(elsewhere, compiled());
  await startOnce();
  expect(filesIn(elsewhere)).toEqual([]);
  rmSync(compiled());
  mkdirSync(compiled());
  chmodSync(compiled(), 0o777);
  await startOnce();
  expect(filesIn(compiled())).toEqual([]);
});

it('is gone without where no folder can be made', async () => {
  writeFileSync(config, 'a file');
  await startOnce();
});

it('does not fail a process of which the folder is gone meanwhile', () => {
  const folder = makeFolder('meanwhile');
  const code = join(folder, 'meanwhile.cjs');
  const replaced = JSON.stringify(compiled());
  writeFileSync(code, `const fs = require('node:fs');\nfs.rmSync(${replaced}, { recursive: true });\nfs.writeFileSync(${replaced}, '');\n`);
  const start = `require(${JSON.stringify(launched)}).runCompiled(${JSON.stringify(code)})`;
  const env = { ...process.env, MILLWRIGHT_CONFIG_HOME: config, NODE_COMPILE_CACHE: '' };
  const { status, stderr } = spawnSync(process.execPath, ['-e', start], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('of other versions goes after a while', async () => {
  const [old, recent] = [compiled('0.0.1'), compiled('0.0.2')];
  for (const folder of [old, recent]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(config, 0o700);
  utimesSync(old, 0, 0);
  await startOnce();
  expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
});
