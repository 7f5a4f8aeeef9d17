/** Finds, in the store, what a user's script logged through MLflow while its stage ran. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Run } from '../../protocol/run.ts';
import { resolveArtifacts } from '../tracking/artifacts.ts';
import { openTrackingReader } from '../tracking/openTracking.ts';
import { jobTag, stageTag } from '../tracking/tags.ts';
import type { StageTask } from './stageContract.ts';

/** The newest run that carries the tags given to the script, and is nested in none; undefined when it logged none. */
export async function findScriptRun(root: string, task: StageTask): Promise<Run | undefined> {
  using reader = openTrackingReader(root);
  const job = task.tags[jobTag];
  const tags = { [stageTag]: task.stage, ...(job === undefined ? {} : { [jobTag]: job }) };
  return (await reader?.runs({ tags, topLevel: true, limit: 1 }))?.[0];
}

/** The folder of a model that a run logged: among its artifacts, or where MLflow 3 keeps logged models. */
export function findLoggedModel(root: string, run: Run, name: string): string | undefined {
  const artifacts = resolveArtifacts(root, run.artifactUri);
  if (artifacts === undefined) return undefined;
  const asArtifact = join(artifacts, name);
  if (existsSync(join(asArtifact, 'MLmodel'))) return asArtifact;
  const models = join(dirname(dirname(artifacts)), 'models');
  if (!existsSync(models)) return undefined;
  return readdirSync(models)
    .map((id) => join(models, id, 'artifacts'))
    .find((folder) => belongsTo(join(folder, 'MLmodel'), run.id, name));
}

function belongsTo(file: string, runId: string, name: string): boolean {
  if (!existsSync(file)) return false;
  const description: unknown = parse(readFileSync(file, 'utf8'));
  if (typeof description !== 'object' || description === null) return false;
  const { run_id: run, artifact_path: path } = description as { run_id?: unknown; artifact_path?: unknown };
  return run === runId && (typeof path !== 'string' || path.endsWith(name) || path.includes('/models/'));
}
