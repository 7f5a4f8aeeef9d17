/** Models as stages consume them: made by a stage before, or registered. */
import { resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { digestTag, filesTag } from '../../../protocol/tables/storedNames.ts';
import { unverifiedWords } from '../../../protocol/words/versionWords.ts';
import { digestOfModel } from '../../inference/files/modelDigest.ts';
import { locateModel, type ModelPlace } from '../../inference/files/modelPlace.ts';
import { parseModelReference, type ModelReference } from '../../project/values/modelReference.ts';
import { replacedBy } from '../../stores/aliases.ts';
import { openStore } from '../../stores/openStore.ts';
import { fetchArtifacts } from '../../tracking/artifacts/fetchArtifacts.ts';
import { digestPath } from '../records/pathDigest.ts';
import type { StageResult } from '../records/stageResult.ts';
import { missingModel } from './namedModels.ts';

/** A model as a stage consumes it. */
export interface ModelSource {
  /** Its files on this machine, wherever the run or the registry keeps them. */
  readonly folder: string;
  /** What tells the model from others. */
  readonly digest: string;
  readonly runId: string | undefined;
  /** As a person would name it: `train`, `flights@champion (version 3)`. */
  readonly label: string;
  /** Of a registered model: which version it is. */
  readonly registered?: { readonly name: string; readonly version: number } | undefined;
  /** What of a registered version could not be compared with what was registered, as a sentence. */
  readonly unchecked?: string | undefined;
}

/**
 * @throws AppError `pipeline.modelMissing`, `registry.modelNotFound`, `registry.versionNotFound`, `registry.aliasNotFound`,
 * `registry.modelFilesMissing`, `registry.digestMismatch`, `artifacts.elsewhere`
 */
export async function resolveModel(root: string, text: string, upstream: ReadonlyMap<string, StageResult>): Promise<ModelSource> {
  const reference = parseModelReference(text);
  if (reference?.kind === 'stage') return modelOfStage(root, reference.stage, upstream);
  const source = reference === undefined ? undefined : await findRegistered(root, reference);
  if (source !== undefined) return source;
  throw await missingModel(root, text, reference);
}

function modelOfStage(root: string, stage: string, upstream: ReadonlyMap<string, StageResult>): ModelSource {
  const result = upstream.get(stage);
  if (result?.model === undefined) {
    throw new AppError('pipeline.modelMissing', t('The stage {stage} made no model.', { stage }), {
      args: { stage },
      remedy: t('Run that stage first.'),
    });
  }
  return { folder: resolve(root, result.model.folder), digest: result.model.digest, runId: result.runId, label: stage };
}

async function findRegistered(root: string, reference: ModelReference): Promise<ModelSource | undefined> {
  if (reference.kind === 'stage') return undefined;
  await using registry = openStore({ root }).registry();
  const version =
    reference.kind === 'alias'
      ? await registry.alias(reference.model, reference.alias)
      : await registry.version(reference.model, reference.version);
  if (version === undefined) return undefined;
  const name = reference.kind === 'alias' ? `${reference.model}@${reference.alias}` : reference.model;
  const label = t('{name} (version {version})', { name, version: version.version });
  const { folder, place } = await findFiles(root, version.source, label);
  const digest = await digestOfModel(place);
  const changed = (message: string): AppError =>
    new AppError('registry.digestMismatch', message, {
      args: { model: label, path: folder },
      remedy: t('Somebody changed {path}. Bring the registered files back, or register the model anew.', { path: folder }),
    });
  if ((version.tags[digestTag] ?? digest) !== digest)
    throw changed(t('The file of {model} is not the one that was registered.', { model: label }));
  const files = version.tags[filesTag];
  if (files !== undefined && files !== (await digestPath(root, folder)).digest) {
    throw changed(
      t('The files beside the graph of {model} (description, loader, requirements, MLmodel) are not those that were registered.', {
        model: label,
      }),
    );
  }
  const words = unverifiedWords(version);
  const unchecked = words === undefined ? undefined : t('{model}: {words}.', { model: label, words });
  const registered = { name: reference.model, version: version.version };
  return { folder, digest, runId: version.runId, label, registered, unchecked };
}

async function findFiles(root: string, source: string, model: string): Promise<{ folder: string; place: ModelPlace }> {
  const folder = await fetchArtifacts(root, source);
  const args = { model, path: source };
  const missing = (cause?: unknown): AppError =>
    new AppError('registry.modelFilesMissing', t('The files of {model} are not at {path}.', args), {
      args,
      cause,
      remedy: t('Bring the folder back, or register the model again.'),
    });
  try {
    return { folder, place: await locateModel(folder) };
  } catch (error) {
    throw AppError.is(error, 'inference.noModel') ? missing(error) : error;
  }
}

/**
 * The registered model that a reference means for a comparison. An alias that has moved to the evaluated model itself means
 * the version that it named before: what a model was compared with when it was new stays what it is compared with.
 */
export async function findOther(root: string, reference: ModelReference, evaluated: string | undefined): Promise<ModelSource | undefined> {
  const source = await findRegistered(root, reference);
  if (reference.kind !== 'alias' || source === undefined || source.digest !== evaluated) return source;
  const before = await replacedBy(root, reference);
  const earlier =
    before === undefined ? undefined : await findRegistered(root, { kind: 'version', model: reference.model, version: before });
  return earlier?.digest === evaluated ? undefined : earlier;
}
