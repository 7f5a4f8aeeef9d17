/** Everything a stage depends on, resolved at one moment: aliases to versions, windows to times, files to digests. */
import { resolve } from 'node:path';
import { AppError, errorText } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { fingerprintDataset } from '../../data/dataset/openDataset.ts';
import { planDataset } from '../../data/dataset/planDataset.ts';
import type { PromotedAlias } from '../../evaluation/report/champion.ts';
import { checkWords } from '../../../protocol/words/versionWords.ts';
import { digestOfModel } from '../../inference/files/modelDigest.ts';
import { locateModel, type ModelPlace } from '../../inference/files/modelPlace.ts';
import { columnLimitsOf } from '../../project/definitions/dataset.ts';
import type { Project } from '../../project/definitions/project.ts';
import {
  kindOf,
  registerDefaults,
  type EvaluateStage,
  type RegisterStage,
  type RunStage,
  type StageSpec,
} from '../../project/definitions/stage.ts';
import { parseModelReference, type ModelReference } from '../../project/values/modelReference.ts';
import { parseReferences, valueAsText, resolveReferences } from '../../project/values/references.ts';
import { resolveCommand } from '../../project/values/splitCommand.ts';
import { evaluates, stageDependencies } from '../../project/graph/stageGraph.ts';
import { replacedBy } from '../../stores/aliases.ts';
import { openStore } from '../../stores/openStore.ts';
import { resolveArtifacts } from '../../tracking/artifacts/artifacts.ts';
import { flatten, keyOf, revisions, sealValues, stageValues, type KeyRecord } from '../key/cacheKey.ts';
import { digestPackages, findInterpreter, isPython } from '../key/interpreter.ts';
import { digestPath } from '../records/pathDigest.ts';
import { stageVariables } from '../key/runEnvironment.ts';
import type { StageResult } from '../records/stageResult.ts';
import type { Json } from '../../../base/canonicalJson.ts';
import { digestTag, filesTag } from '../../../protocol/storedNames.ts';

/** A model as a stage consumes it. */
export interface ModelSource {
  /** Absolute path of the model folder. */
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

export interface ResolvedStage {
  readonly record: KeyRecord;
  readonly key: string;
  readonly model: ModelSource | undefined;
  /** Registered models an evaluation compares with, as written; one that does not exist yet is absent. */
  readonly compared: Readonly<Record<string, ModelSource>>;
  /** Of an evaluation: the alias that the model's registration moves, and the version that it names or named before. */
  readonly promoted: PromotedAlias | undefined;
  /** Of a registration: why evaluations of its model object to moving the alias. */
  readonly objections: readonly string[];
}

export interface ResolveOptions {
  readonly asOf: Date;
  /** Results of the stages before, by name. */
  readonly upstream: ReadonlyMap<string, StageResult>;
  /** Values of the environment that the project file refers to: the record holds their hashes. */
  readonly secrets?: readonly string[] | undefined;
  /** Start no other process: the interpreter's packages are taken as they were in the earlier record, or as unknown. */
  readonly quick?: { readonly earlier: KeyRecord | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A key record while it is put together. */
interface KeyParts {
  readonly values: Record<string, string>;
  readonly inputs: Record<string, string>;
  readonly local: Record<string, string>;
}

/**
 * @throws AppError `pipeline.dependencyMissing`, `pipeline.envFileMissing`, `pipeline.modelMissing`, `registry.aliasNotFound`,
 * `registry.modelFilesMissing`, `registry.digestMismatch`, `pipeline.pythonMissing`, and those of reading a data set; CancelledError
 */
export async function resolveStage(project: Project, name: string, options: ResolveOptions): Promise<ResolvedStage> {
  const stage = stageOf(project, name);
  const kind = kindOf(stage);
  const parts: KeyParts = { values: stageValues(stage), inputs: {}, local: {} };
  await addData(project, stage, parts, options);
  if ('run' in stage) await addRunInputs(project, name, stage, { ...parts, options });
  const model =
    'uses' in stage && 'model' in stage && stage.model !== undefined
      ? await resolveModel(project.root, stage.model, options.upstream)
      : undefined;
  if (model !== undefined) parts.inputs[`model ${model.reference}`] = model.source.digest;
  const isEvaluation = 'uses' in stage && stage.uses === 'evaluate';
  const compared = isEvaluation ? await addEvaluation(project, name, stage, { parts, model }) : {};
  const promoted = isEvaluation ? await addPromotion(project, stage, { parts, model }) : undefined;
  const objections = 'uses' in stage && stage.uses === 'register' ? addObjections(project, name, stage, { parts, options }) : [];
  const record: KeyRecord = { kind, revision: revisions[kind], ...parts, values: sealValues(parts.values, options.secrets ?? []) };
  return { record, key: keyOf(record), model: model?.source, compared, promoted, objections };
}

/** @returns the registered models that the evaluation compares with, by reference */
async function addEvaluation(
  project: Project,
  name: string,
  stage: EvaluateStage,
  { parts, model }: { parts: KeyParts; model: ResolvedModel | undefined },
): Promise<Record<string, ModelSource>> {
  if (stage.model !== undefined) {
    parts.local[`run of ${stage.model}`] = model?.source.runId ?? '';
    parts.values.metric_prefix = JSON.stringify(metricPrefix(project, name, stage));
  }
  const compared: Record<string, ModelSource> = {};
  for (const [reference, source] of await findCompared(project.root, stage, model?.source.digest)) {
    parts.inputs[`model ${reference}`] = source?.digest ?? 'none yet';
    if (source !== undefined) compared[reference] = source;
  }
  return compared;
}

/**
 * The version behind the alias is of this store alone, so that it is no part of the lock file; that it is gone or damaged is
 * no reason to fail, since nobody named it.
 */
async function addPromotion(
  project: Project,
  stage: EvaluateStage,
  { parts, model }: { parts: KeyParts; model: ResolvedModel | undefined },
): Promise<PromotedAlias | undefined> {
  const registration = registrationOf(project, stage);
  if (registration?.alias === undefined) return undefined;
  const { name, alias, allow_worse: allowWorse = registerDefaults.allow_worse } = registration;
  const reference = `${name}@${alias}`;
  parts.values.moves = JSON.stringify(reference);
  if (allowWorse) parts.values.allow_worse = 'true';
  const isCompared = stage.baseline === reference; // once is enough
  const { source, problem } = isCompared
    ? { source: undefined, problem: undefined }
    : await findChampion(project.root, { name, alias }, model);
  parts.local[`champion ${reference}`] = source?.digest ?? 'none yet';
  return {
    alias: reference,
    allowWorse,
    problem,
    champion: source === undefined ? undefined : { name: source.label, folder: source.folder },
  };
}

/** The first stage that registers the evaluated model and moves an alias to it. */
function registrationOf({ stages }: Project, { model }: EvaluateStage): RegisterStage | undefined {
  return Object.values(stages).find(
    (stage): stage is RegisterStage =>
      model !== undefined && 'uses' in stage && stage.uses === 'register' && stage.model === model && stage.alias !== undefined,
  );
}

async function findChampion(
  root: string,
  { name, alias }: { readonly name: string; readonly alias: string },
  model: ResolvedModel | undefined,
): Promise<{ readonly source: ModelSource | undefined; readonly problem: string | undefined }> {
  try {
    return { source: await findOther(root, { kind: 'alias', model: name, alias }, model?.source.digest), problem: undefined };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { source: undefined, problem: errorText(error) };
  }
}

function addObjections(
  project: Project,
  name: string,
  stage: RegisterStage,
  { parts, options }: { parts: KeyParts; options: ResolveOptions },
): string[] {
  const before = stageDependencies(project).filter((dependency) => dependency.stage === name);
  const judges = before.filter(({ on }) => evaluates(stageOf(project, on), stage.model));
  const objections = judges.flatMap(({ on }) => options.upstream.get(on)?.objection ?? []);
  if (stage.alias === undefined || stage.allow_worse === true || objections.length === 0) return [];
  parts.local.verdict = sha256(objections.join('\n'));
  return objections;
}

async function addData(project: Project, stage: StageSpec, parts: KeyParts, { asOf, signal }: ResolveOptions): Promise<void> {
  if ('dataset' in stage) {
    const fingerprint = await fingerprintDataset(project, stage.dataset, { asOf, signal });
    parts.inputs[`dataset ${stage.dataset}`] = fingerprint.digest;
  }
  if ('features' in stage && stage.features !== undefined) {
    Object.assign(parts.values, flatten(project.features[stage.features] as Json | undefined, 'features'));
  }
  if ('uses' in stage && stage.uses === 'validate') {
    const limits = Object.entries(planDataset(project, stage.dataset, asOf).columns).map(
      ([name, spec]) => [name, columnLimitsOf(spec)] as const,
    );
    for (const [name, own] of limits) if (Object.keys(own).length > 0) Object.assign(parts.values, flatten(own, `columns.${name}`));
  }
  if ('uses' in stage && (stage.uses === 'train' || stage.uses === 'evaluate')) parts.values.seed = String(project.seed);
}

export function stageOf(project: Project, name: string): StageSpec {
  const stage = project.stages[name];
  if (stage === undefined) throw new RangeError(`no stage ${name}`);
  return stage;
}

/**
 * What stands before the names of an evaluation's metrics: nothing for a model's first evaluation, then the stage's name.
 * Predictions without a model have a run of their own, so nothing.
 */
export function metricPrefix(project: Project, name: string, stage: EvaluateStage): string {
  if (stage.model === undefined) return '';
  const first = Object.entries(project.stages).find(
    ([, other]) => 'uses' in other && other.uses === 'evaluate' && other.model === stage.model,
  );
  return first?.[0] === name ? '' : `${name}_`;
}

interface ResolvedModel {
  /** As written. */
  readonly reference: string;
  readonly source: ModelSource;
}

async function resolveModel(root: string, text: string, upstream: ReadonlyMap<string, StageResult>): Promise<ResolvedModel> {
  const reference = parseModelReference(text);
  if (reference?.kind === 'stage') return { reference: text, source: modelOfStage(root, reference.stage, upstream) };
  const source = reference === undefined ? undefined : await findRegistered(root, reference);
  if (source !== undefined) return { reference: text, source };
  const newest = reference === undefined ? undefined : await newestVersion(root, reference.model);
  throw new AppError('registry.aliasNotFound', t('The registry has no model {model}.', { model: text }), {
    args: { model: text },
    remedy:
      newest === undefined || reference?.kind !== 'alias'
        ? t('Register one first.')
        : t(
            'Its newest version is {model}/{version}. A register stage gives the alias to a model that is better than its baseline, or with "allow_worse: true" to any; a stage can also use the train stage itself.',
            { model: reference.model, version: newest },
          ),
    inTerminal: t('"millwright models" shows what there is.'),
  });
}

async function newestVersion(root: string, model: string): Promise<number | undefined> {
  await using registry = openStore({ root }).registry();
  return (await registry.model(model))?.versions[0]?.version;
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
  const words = checkWords(version);
  const unchecked = words === undefined ? undefined : t('{model}: {words}.', { model: label, words });
  const registered = { name: reference.model, version: version.version };
  return { folder, digest, runId: version.runId, label, registered, unchecked };
}

async function findFiles(root: string, source: string, model: string): Promise<{ folder: string; place: ModelPlace }> {
  const folder = resolveArtifacts(root, source);
  const args = { model, path: source };
  const missing = (cause?: unknown): AppError =>
    new AppError('registry.modelFilesMissing', t('The files of {model} are not at {path}.', args), {
      args,
      cause,
      remedy: t('Bring the folder back, or register the model again.'),
    });
  if (folder === undefined) throw missing();
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
async function findOther(root: string, reference: ModelReference, evaluated: string | undefined): Promise<ModelSource | undefined> {
  const source = await findRegistered(root, reference);
  if (reference.kind !== 'alias' || source === undefined || source.digest !== evaluated) return source;
  const before = await replacedBy(root, reference);
  const earlier =
    before === undefined ? undefined : await findRegistered(root, { kind: 'version', model: reference.model, version: before });
  return earlier?.digest === evaluated ? undefined : earlier;
}

/** The registered models that a stage's baseline and gates name; undefined where an alias names no version yet. */
async function findCompared(
  root: string,
  stage: EvaluateStage,
  evaluated: string | undefined,
): Promise<(readonly [reference: string, source: ModelSource | undefined])[]> {
  const texts = new Set([stage.baseline, ...Object.values(stage.gate ?? {}).map((limits) => limits.beats)]);
  const found: (readonly [string, ModelSource | undefined])[] = [];
  for (const text of texts) {
    const reference = text === undefined ? undefined : parseModelReference(text);
    if (text === undefined || reference === undefined || reference.kind === 'stage') continue; // `majority`, `mean`
    found.push([text, await findOther(root, reference, evaluated)]);
  }
  return found;
}

interface RunParts extends KeyParts {
  readonly options: ResolveOptions;
}

async function addRunInputs(project: Project, name: string, stage: RunStage, parts: RunParts): Promise<void> {
  const { options, values, inputs, local } = parts;
  const commands = [stage.run].flat();
  for (const reference of commands.flatMap((command) => parseReferences(command))) {
    if (reference.kind !== 'reference') continue;
    const value = resolveReferences(`\${${reference.name}}`, { params: project.params, env: process.env });
    if (reference.name.startsWith('env.')) local[`\${${reference.name}}`] = sha256(valueAsText(value));
    else values[reference.name] = JSON.stringify(value);
  }
  for (const dep of stage.deps ?? [])
    inputs[`dep ${dep.replaceAll('\\', '/')}`] = await digestDependency(project.root, name, dep, options.signal);
  for (const [variable, value] of Object.entries(await stageVariables(project.root, name, stage))) local[`env ${variable}`] = sha256(value);
  if (stage.shell === true || !usesPython(project, commands)) return;
  local['python packages'] =
    options.quick !== undefined
      ? (options.quick.earlier?.local['python packages'] ?? '')
      : await digestPackages(findInterpreter(project.root, [stage.python, project.python], process.env), options.signal);
}

function usesPython(project: Project, commands: readonly string[]): boolean {
  return commands.some((command) => isPython(resolveCommand(command, { params: project.params, env: process.env })[0] ?? ''));
}

async function digestDependency(root: string, stage: string, dep: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return (await digestPath(root, resolve(root, dep), signal)).digest;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new AppError('pipeline.dependencyMissing', t('The stage {stage} reads {path}, which is not there.', { stage, path: dep }), {
      args: { stage, path: dep },
      cause: error,
      remedy: t('Create the file, or correct "deps" of the stage.'),
    });
  }
}
