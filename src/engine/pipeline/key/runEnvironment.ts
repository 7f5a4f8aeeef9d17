/** The environment variables a `run` stage gets, and which of them are its own. */
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { RunStage } from '../../project/definitions/stages/runStage.ts';

/**
 * The variables a stage names itself: its `env_file`, overridden by its `env`.
 * @throws AppError `pipeline.envFileMissing`
 */
export async function stageVariables(root: string, stageName: string, stage: RunStage): Promise<Record<string, string>> {
  const own = Object.fromEntries(Object.entries(stage.env ?? {}).map(([name, value]) => [name, String(value)]));
  if (stage.env_file === undefined) return own;
  const path = resolve(root, stage.env_file);
  const text = await readIfPresent(path);
  if (text === undefined) {
    const args = { stage: stageName, path };
    throw new AppError('pipeline.envFileMissing', t('The stage {stage} names the environment file {path}, which is not there.', args), {
      args,
      remedy: t('Create the file with lines of NAME=value, or correct "env_file".'),
    });
  }
  const parsed = Object.entries(parseEnv(text));
  return { ...Object.fromEntries(parsed.map(([name, value]) => [name, value ?? ''])), ...own };
}
