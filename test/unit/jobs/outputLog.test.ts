import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutputLog, readOutputLog } from '../../../src/engine/jobs/outputLog.ts';

const megabyte = 1 << 20;
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millwright-log-'));
  path = join(folder, 'output.log');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function write(bytes: number): void {
  using log = openOutputLog(path);
  for (let written = 0, line = 0; written < bytes; line++) {
    const text = `${String(line).padStart(8, '0')} ${'x'.repeat(1014)}\n`;
    log.write(text);
    written += text.length;
  }
}

describe('the output log', () => {
  it('keeps a short output whole', async () => {
    write(3 * megabyte);
    const text = await readOutputLog(path);
    expect(text.split('\n').length).toBe(Math.ceil((3 * megabyte) / 1024) + 1);
    expect(text).not.toContain('[…]');
  });

  it('keeps the first megabyte and the last fifteen of a long one, and says what is missing', async () => {
    write(40 * megabyte);
    const text = await readOutputLog(path);
    const [head = '', tail = ''] = text.split('\n[…]\n');
    expect(head.startsWith('00000000 ')).toBe(true);
    expect(head.length).toBeGreaterThan(megabyte - 2048);
    expect(tail.length).toBe(15 * megabyte);
    expect(tail.trimEnd().split('\n').at(-1)!.slice(0, 8)).toBe(String(40 * 1024 - 1).padStart(8, '0'));
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(22 * megabyte);
  });
});
