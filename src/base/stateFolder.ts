/** The folder in a project that holds our own state. It ignores itself, so that nothing in it is ever committed. */
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, writeFailure } from './files.ts';

/** The path of `.millwright`, or of something in it. */
export function statePath(root: string, ...steps: readonly string[]): string {
  return join(root, '.millwright', ...steps);
}

/**
 * Makes `.millwright` with its `.gitignore` of `*`.
 * @throws AppError `files.notWritable`, `files.diskFull`, `files.writeFailed`
 */
export async function ensureStateFolder(root: string): Promise<string> {
  const folder = statePath(root);
  const ignore = join(folder, '.gitignore');
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(ignore, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      await file.writeFile('*\n');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw writeFailure(ignore, error);
  }
  return folder;
}
