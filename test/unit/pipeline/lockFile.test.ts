import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  formatLockFile,
  lacksLines,
  lockPath,
  type LockFile,
  readLockFile,
  requireLocked,
  updateLockFile,
} from '../../../src/engine/pipeline/records/lockFile.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millwright-lock-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const stage = { inputs: { 'dataset winter': 'aa', 'dep src\\a.py': 'bb' }, outputs: { 'out.csv': 'cc' } };

async function readWhole(text: string): Promise<LockFile | undefined> {
  await writeFile(lockPath(root), text);
  return readLockFile(root);
}

describe('the lock file', () => {
  it('is sorted, one line per input, with / in paths', () => {
    expect(
      formatLockFile({ train: stage, check: { inputs: {}, outputs: {} } })
        .split('\n')
        .slice(1),
    ).toEqual([
      'version: 1',
      'stages:',
      '  check:',
      '    inputs: {}',
      '    outputs: {}',
      '  train:',
      '    inputs:',
      '      dataset winter: aa',
      '      dep src/a.py: bb',
      '    outputs:',
      '      out.csv: cc',
      '',
    ]);
  });

  it('is read back as it was written', async () => {
    const names = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== '__proto__' && !name.includes('\\'));
    const digests = fc.dictionary(names, fc.string());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.record({ inputs: digests, outputs: digests })), async (lock) => {
        await writeFile(lockPath(root), formatLockFile(lock));
        expect(await readLockFile(root)).toEqual(lock);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the lines of stages that did not run, drops those of stages that are gone, and is not touched for nothing', async () => {
    const known = new Set(['train', 'check']);
    await updateLockFile(root, { train: stage, gone: stage }, new Set(['train', 'gone']));
    await updateLockFile(root, { check: stage }, known);
    expect(Object.keys((await readLockFile(root))!)).toEqual(['check', 'train']);
    const before = (await stat(lockPath(root))).mtimeMs;
    await updateLockFile(root, { check: stage }, known);
    expect((await stat(lockPath(root))).mtimeMs).toBe(before);
  });

  it.each([
    ['', 'lockUnreadable'],
    ['{', 'lockUnreadable'],
    ['stages: 3', 'lockUnreadable'],
    ['version: 2\nstages: {}', 'lockNewer'],
    ['version: 1\nstages:\n<<<<<<< ours\n  a: {}\n=======\n  b: {}\n>>>>>>> theirs\n', 'lockConflict'],
  ])('refuses %j with a clear error, and does not replace it', async (text, code) => {
    await writeFile(lockPath(root), text);
    await expect(readLockFile(root)).rejects.toMatchObject({ code: `pipeline.${code}` });
    await expect(updateLockFile(root, { train: stage }, new Set(['train']))).rejects.toMatchObject({ code: `pipeline.${code}` });
    expect(await readFile(lockPath(root), 'utf8')).toBe(text);
  });

  it('that was cut anywhere cannot be read, or lacks lines of a stage', async () => {
    const stages = { check: stage, train: stage };
    const whole = formatLockFile(stages);
    for (let length = 1; length < whole.trimEnd().length; length++) {
      await writeFile(lockPath(root), whole.slice(0, length));
      const read = await readLockFile(root).catch(() => 'unreadable' as const);
      const isTold = read === 'unreadable' || Object.entries(stages).some(([name, wanted]) => lacksLines(read?.[name], wanted));
      expect(isTold, whole.slice(0, length)).toBe(true);
    }
    expect(lacksLines((await readWhole(whole))?.train, stage)).toBe(false);
  });

  it('says which inputs are stale', () => {
    expect(() => {
      requireLocked('train', { a: '1', b: '2' }, { train: { inputs: { a: '1', c: '3' }, outputs: {} } });
    }).toThrow(expect.objectContaining({ code: 'pipeline.lockStale', message: expect.stringContaining('b, c') as string }));
    expect(() => {
      requireLocked('train', {}, undefined);
    }).toThrow(expect.objectContaining({ code: 'pipeline.lockStale' }));
    requireLocked('train', { a: '1' }, { train: { inputs: { a: '1' }, outputs: {} } });
  });

  it('names what changed as the project file does', () => {
    expect(() => {
      requireLocked('train', { 'setting params.max_iter': '2' }, { train: { inputs: { 'setting params.max_iter': '1' }, outputs: {} } });
    }).toThrow('millwright.lock is stale for the stage train: changed since: params.max_iter.');
    expect(() => {
      requireLocked('train', { 'usual metrics': '2' }, { train: { inputs: {}, outputs: {} } });
    }).toThrow('changed since: the usual metrics of Millwright.');
  });
});
