/** Where a run's code came from, as tags under MLflow's names. */
import { AppError } from '../../base/errors.ts';
import { runCommand } from '../../base/process.ts';
import { jobTag } from '../jobs/reapJobs.ts';
import type { Project } from '../project/definitions/project.ts';

const gitTimeoutMs = 5000;

export interface RunTagOptions {
  readonly jobId: string;
  readonly note: string | undefined;
  readonly signal: AbortSignal;
}

/** Tags of every run that a job opens. Outside of a git repository, and without git, those of git are left out. */
export async function runTags(project: Project, { jobId, note, signal }: RunTagOptions): Promise<Record<string, string>> {
  const commit = await git(project.root, ['rev-parse', 'HEAD'], signal);
  const changes = commit === undefined ? undefined : await git(project.root, ['status', '--porcelain', '--untracked-files=no'], signal);
  return {
    'mlflow.source.name': project.file,
    'mlflow.source.type': 'PROJECT',
    ...(commit === undefined ? {} : { 'mlflow.source.git.commit': commit }),
    ...(changes === undefined ? {} : { 'millwright.git.dirty': String(changes !== '') }),
    ...(note === undefined ? {} : { 'mlflow.note.content': note }),
    'millwright.project': project.name,
    [jobTag]: jobId,
  };
}

async function git(cwd: string, args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await runCommand('git', args, { cwd, timeoutMs: gitTimeoutMs, signal })).stdout.trim();
  } catch (error) {
    if (AppError.is(error)) return undefined; // no git, no repository, or too large to answer in time
    throw error;
  }
}
