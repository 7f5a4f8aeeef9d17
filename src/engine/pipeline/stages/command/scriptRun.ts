/** Finds, in the store, what a user's script logged through MLflow while its stage ran. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { readIfPresent } from '../../../../base/boundedRead.ts';
import { namesIn } from '../../../../base/trees.ts';
import type { Run } from '../../../../protocol/run.ts';
import { fetchArtifacts } from '../../../tracking/artifacts/fetchArtifacts.ts';
import { openStore } from '../../../stores/openStore.ts';
import type { StageTask } from '../stageContract.ts';
import { jobTag, stageTag } from '../../../../protocol/tables/storedNames.ts';

/** The newest run that carries the tags given to the script, and is nested in none; undefined when it logged none. */
export async function findScriptRun(root: string, task: StageTask): Promise<Run | undefined> {
  await using reader = openStore({ root }).tracking();
  const job = task.tags[jobTag];
  const tags = { [stageTag]: task.stage, ...(job === undefined ? {} : { [jobTag]: job }) };
  return (await reader.runs({ tags, topLevel: true, limit: 1 })).items[0];
}

/**
 * The folder of a model that a run logged: among its artifacts, or where MLflow 3 keeps logged models.
 * @throws AppError `artifacts.elsewhere`
 */
export async function findLoggedModel(root: string, run: Run, name: string): Promise<string | undefined> {
  const artifacts = await fetchArtifacts(root, run.artifactUri);
  const asArtifact = join(artifacts, name);
  if (existsSync(join(asArtifact, 'MLmodel'))) return asArtifact;
  const models = join(dirname(dirname(artifacts)), 'models');
  for (const id of await namesIn(models)) {
    const folder = join(models, id, 'artifacts');
    if (await belongsTo(join(folder, 'MLmodel'), run.id, name)) return folder;
  }
  return undefined;
}

async function belongsTo(file: string, runId: string, name: string): Promise<boolean> {
  const text = await readIfPresent(file);
  if (text === undefined) return false;
  const description: unknown = parse(text);
  if (typeof description !== 'object' || description === null) return false;
  const { run_id: run, artifact_path: path } = description as { run_id?: unknown; artifact_path?: unknown };
  return run === runId && (typeof path !== 'string' || path.endsWith(name) || path.includes('/models/'));
}
