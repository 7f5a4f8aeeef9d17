/** A disk that is soon full. */
import { execa } from 'execa';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder } from './project.ts';

/** A small file system of its own; only root on Linux can mount one. */
export async function mountSmall({ skip }: TestContext, size: string): Promise<string> {
  const folder = temporaryFolder('disk');
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { reject: false });
  if (mounted.failed) {
    if (process.env.CI === 'true') throw new Error('no file system could be mounted for the disk tests');
    skip('a small file system can only be mounted by root on Linux');
  }
  onTestFinished(async () => {
    await execa('umount', ['-l', folder], { reject: false });
  });
  return folder;
}
