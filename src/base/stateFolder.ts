/** The folder in a project that holds our own state. It ignores itself, so that nothing in it is ever committed. */
import { join } from 'node:path';
import { AppError } from './errors.ts';
import { writeNew } from './files.ts';

/** The path of `.millwright`, or of something in it. */
export function statePath(root: string, ...steps: readonly string[]): string {
  return join(root, '.millwright', ...steps);
}

/**
 * Makes `.millwright` with its `.gitignore` of `*`.
 * @throws AppError `files.notPlain`, `files.notWritable`, `files.diskFull`, `files.writeFailed`
 */
export async function ensureStateFolder(root: string): Promise<string> {
  const folder = statePath(root);
  await writeNew(join(folder, '.gitignore'), '*\n').catch((error: unknown) => {
    if (!AppError.is(error, 'files.exists')) throw error;
  });
  return folder;
}
