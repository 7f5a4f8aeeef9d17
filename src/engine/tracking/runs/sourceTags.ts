/** The tags by which MLflow shows who made a run, with what, from which commit. */
import { CancelledError } from '../../../base/abort.ts';
import { runCommand } from '../../../base/process.ts';
import { branchTag, commitTag, dirtyTag, sourceTag, sourceTypeTag, userTag } from '../../../protocol/tables/storedNames.ts';

const gitPatienceMs = 10_000;

/**
 * Tags of the user, the source and, in a git repository, its commit, branch and whether tracked files differ from it.
 * Without git, or outside of a repository, those of git are left out.
 * @param source what ran: the command as a user would type it
 */
export async function readSourceTags(
  root: string,
  { user, source, signal }: { readonly user: string; readonly source: string; readonly signal?: AbortSignal },
): Promise<Readonly<Record<string, string>>> {
  const origin = { [userTag]: user, [sourceTag]: source, [sourceTypeTag]: 'LOCAL' };
  const git = async (...args: readonly string[]): Promise<string | undefined> => askGit(root, args, signal);
  const commit = await git('rev-parse', '--verify', 'HEAD');
  if (commit === undefined) return origin;
  const branch = await git('rev-parse', '--abbrev-ref', 'HEAD');
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  return {
    ...origin,
    [commitTag]: commit,
    ...(branch === undefined || branch === 'HEAD' ? {} : { [branchTag]: branch }),
    ...(changes === undefined ? {} : { [dirtyTag]: String(changes !== '') }),
  };
}

async function askGit(root: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    // No lock files of git's own, and no monitor program that the repository names.
    const env = { GIT_OPTIONAL_LOCKS: '0' };
    const options = { cwd: root, env, timeoutMs: gitPatienceMs, ...(signal === undefined ? {} : { signal }) };
    return (await runCommand('git', ['-c', 'core.fsmonitor=false', ...args], options)).stdout.trim();
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return undefined; // no git, no repository, no commit yet: a run is tracked all the same
  }
}
