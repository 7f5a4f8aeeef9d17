/** Puts a proposed project into a folder: the project file, and what git should ignore beside it. Never writes over a file. */
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { writeAtomic, writeNew } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { roleOf } from '../project/definitions/stage.ts';
import { parseProjectText } from '../project/loadProject.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

/** What stays out of version control besides what the stages write: the store and its artifacts. */
const store = ['mlflow.db*', 'mlruns/'] as const;

export interface CreatedProject {
  /** Absolute path of the project file. */
  readonly file: string;
  /** Lines that were added to `.gitignore`. */
  readonly ignored: readonly string[];
}

/**
 * Writes `millwright.yaml` and completes `.gitignore`.
 * @throws AppError `project.exists` when there is one already; `files.notWritable`, `files.diskFull`, `files.writeFailed`
 */
export async function createProject(root: string, yaml: string): Promise<CreatedProject> {
  const file = join(root, projectFileName);
  await writeNew(file, yaml).catch((error: unknown) => {
    throw AppError.is(error, 'files.exists') ? projectExists(file) : error;
  });
  return { file, ignored: await completeGitignore(root, [...store, ...outputsOf(root, yaml)]) };
}

/** Files that the stages will write, as git is told of them. */
function outputsOf(root: string, yaml: string): string[] {
  const stages = Object.values(parseProjectText(yaml, root).project?.stages ?? {});
  return stages.flatMap((stage) => (roleOf(stage).writes ?? []).map(({ path }) => `/${path.replaceAll('\\', '/')}`));
}

/** The failure to report where a project file lies already. */
export function projectExists(path: string): AppError {
  return new AppError('project.exists', t('There is a project file already: {path}', { path }), {
    args: { path },
    remedy: t('Edit it, or choose another folder.'),
  });
}

/** Adds the lines that are not there yet, keeping the file's line ends. @returns the lines added */
async function completeGitignore(root: string, wanted: readonly string[]): Promise<string[]> {
  const path = join(root, '.gitignore');
  const text = (await readIfPresent(path)) ?? '';
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = wanted.filter((line) => !present.has(line));
  if (missing.length === 0) return missing;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const start = text === '' || text.endsWith('\n') ? text : text + lineEnd;
  await writeAtomic(path, start + missing.map((line) => line + lineEnd).join(''));
  return missing;
}
