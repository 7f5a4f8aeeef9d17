import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { runCommand } from '../../../src/base/process.ts';
import { readSourceTags } from '../../../src/engine/tracking/runs/sourceTags.ts';
import { temporaryFolder } from '../../support/project.ts';

const origin = { user: 'ada', source: 'millwright run train' };
const originTags = { 'mlflow.user': 'ada', 'mlflow.source.name': 'millwright run train', 'mlflow.source.type': 'LOCAL' };

it('names the commit, the branch and whether tracked files differ', async () => {
  const root = temporaryFolder();
  const git = async (...args: readonly string[]): Promise<string> =>
    (await runCommand('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], { cwd: root })).stdout;
  expect(await readSourceTags(root, origin)).toEqual(originTags);
  await git('init', '-b', 'trunk');
  expect(await readSourceTags(root, origin)).toEqual(originTags);
  writeFileSync(join(root, 'a.txt'), 'one');
  await git('add', '.');
  await git('commit', '-m', 'first');
  const commit = await git('rev-parse', 'HEAD');
  writeFileSync(join(root, 'untracked.txt'), 'x');
  const tags = { ...originTags, 'mlflow.source.git.commit': commit, 'mlflow.source.git.branch': 'trunk' };
  expect(await readSourceTags(root, origin)).toEqual({ ...tags, 'millwright.git.dirty': 'false' });
  writeFileSync(join(root, 'a.txt'), 'two');
  expect(await readSourceTags(root, origin)).toEqual({ ...tags, 'millwright.git.dirty': 'true' });
});

it('stops when it is cancelled', async () => {
  const tags = readSourceTags(temporaryFolder(), { ...origin, signal: AbortSignal.abort() });
  await expect(tags).rejects.toThrow(CancelledError);
});
