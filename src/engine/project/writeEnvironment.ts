/** Writes which safeguards apply into the project file, so that nobody is asked again, on no machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../../base/files.ts';
import type { Environment } from '../../protocol/audit.ts';
import { rememberEnvironment } from './environment.ts';
import { parseProjectText } from './loadProject.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

/** The text of a project file with the environment on the line after the name; as it is, where it says one. */
export function withEnvironment(yaml: string, environment: Environment): string {
  if (/^environment[ \t]*:/m.test(yaml)) return yaml;
  const lineEnd = yaml.includes('\r\n') ? '\r\n' : '\n';
  const line = `environment: ${environment}${lineEnd}`;
  return yaml.replace(/^name[ \t]*:.*(?:\r?\n|$)/m, (name) => `${name.replace(/\r?\n$/, '')}${lineEnd}${line}`);
}

/**
 * Keeps a user's answer: in the project file where it can be put there in one line, else in the user's own folder.
 * @throws AppError `files.…` where it can be written nowhere, `project.configUnreadable`, `project.configBusy`
 */
export async function recordEnvironment(root: string, environment: Environment): Promise<void> {
  const path = join(root, projectFileName);
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const after = before === undefined ? undefined : withEnvironment(before, environment);
  if (after === undefined || after === before || parseProjectText(after, root).project?.environment !== environment) {
    await rememberEnvironment(root, environment);
    return;
  }
  await writeAtomic(path, after);
}
