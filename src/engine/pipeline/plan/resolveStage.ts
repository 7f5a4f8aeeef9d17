/** Everything a stage depends on, resolved at one moment: aliases to versions, windows to times, files to digests. */
import type { Json } from '../../../base/canonicalJson.ts';
import { fingerprintDataset } from '../../data/dataset/openDataset.ts';
import { stageOf, type Project } from '../../project/definitions/project.ts';
import { kindOf, type StageSpec } from '../../project/definitions/stage.ts';
import { flatten, keyOf, sealValues, stageValues, type KeyRecord } from '../key/cacheKey.ts';
import { planOf } from '../stages/plans.ts';
import type { Resolution, Resolved, ResolveOptions } from '../stages/stagePlan.ts';

export type ResolvedStage = Resolved<unknown>;

/**
 * @throws AppError `pipeline.dependencyMissing`, `pipeline.envFileMissing`, `pipeline.modelMissing`, `registry.modelNotFound`, `registry.versionNotFound`, `registry.aliasNotFound`,
 * `registry.modelFilesMissing`, `registry.digestMismatch`, `pipeline.pythonMissing`, and those of reading a data set; CancelledError
 */
export async function resolveStage(project: Project, name: string, options: ResolveOptions): Promise<ResolvedStage> {
  const stage = stageOf(project, name);
  const { revision, resolve } = planOf(stage);
  const parts = { values: stageValues(stage), inputs: {}, local: {} };
  const resolution: Resolution = { project, name, parts, options };
  await addData(stage, resolution);
  const given = await resolve(stage, resolution);
  const record: KeyRecord = { kind: kindOf(stage), revision, ...parts, values: sealValues(parts.values, options.secrets ?? []) };
  return { record, key: keyOf(record), given };
}

async function addData(stage: StageSpec, { project, parts, options: { asOf, signal } }: Resolution): Promise<void> {
  if ('dataset' in stage) {
    const fingerprint = await fingerprintDataset(project, stage.dataset, { asOf, signal });
    parts.inputs[`dataset ${stage.dataset}`] = fingerprint.digest;
  }
  if ('features' in stage && stage.features !== undefined) {
    Object.assign(parts.values, flatten(project.features[stage.features] as Json | undefined, 'features'));
  }
}
