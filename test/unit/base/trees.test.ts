import { mkdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCancelled } from '../../../src/base/abort.ts';
import { copyTree } from '../../../src/base/trees.ts';
import { temporaryFolder } from '../../support/project.ts';

const large = 80 * 2 ** 20;

describe('a copy of a tree', () => {
  it('holds small and large files alike, with their modes and times', async () => {
    const root = temporaryFolder('trees');
    mkdirSync(join(root, 'from/deep'), { recursive: true });
    writeFileSync(join(root, 'from/small'), 'small');
    writeFileSync(join(root, 'from/deep/large'), 'beginning', { mode: 0o640 });
    truncateSync(join(root, 'from/deep/large'), large);
    utimesSync(join(root, 'from/deep/large'), 1_000_000, 2_000_000);
    await copyTree(join(root, 'from'), join(root, 'to/copy'));
    expect(readFileSync(join(root, 'to/copy/small'), 'utf8')).toBe('small');
    const copy = join(root, 'to/copy/deep/large');
    expect(readFileSync(copy).equals(readFileSync(join(root, 'from/deep/large')))).toBe(true);
    expect(statSync(copy)).toMatchObject({ size: large, mtimeMs: 2_000_000_000 });
    expect(statSync(copy).mode & 0o777).toBe(0o640);
    await copyTree(copy, join(root, 'alone'));
    expect(statSync(join(root, 'alone')).size).toBe(large);
  });

  it('ends when it is cancelled, in the middle of a file', async () => {
    const root = temporaryFolder('trees');
    writeFileSync(join(root, 'endless'), '');
    truncateSync(join(root, 'endless'), 2 ** 40);
    const controller = new AbortController();
    const copying = copyTree(join(root, 'endless'), join(root, 'copy'), controller.signal).catch((error: unknown) => error);
    setTimeout(() => {
      controller.abort();
    }, 50);
    expect(isCancelled(await copying)).toBe(true);
  });
});
