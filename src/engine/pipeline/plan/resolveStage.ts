/** Everything a stage depends on, resolved at one moment: aliases to versions, windows to times, files to digests. */
import { resolve } from 'node:path';
import { AppError, errorText } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { fingerprintDataset } from '../../data/dataset/openDataset.ts';
import { planDataset } from '../../data/dataset/planDataset.ts';
import type { PromotedAlias } from '../../evaluation/report/champion.ts';
import { columnLimitsOf } from '../../project/definitions/dataset.ts';
import { stageOf, type Project } from '../../project/definitions/project.ts';
import {
  kindOf,
  registerDefaults,
  type EvaluateStage,
  type RegisterStage,
  type RunStage,
  type StageSpec,
} from '../../project/definitions/stage.ts';
import { parseModelReference } from '../../project/values/modelReference.ts';
import { parseReferences, valueAsText, resolveReferences } from '../../project/values/references.ts';
import { resolveCommand } from '../../project/values/splitCommand.ts';
import { evaluates, stageDependencies } from '../../project/graph/stageGraph.ts';
import { flatten, keyOf, revisions, sealValues, stageValues, type KeyRecord } from '../key/cacheKey.ts';
import { digestPackages, findInterpreter, isPython } from '../key/interpreter.ts';
import { findOther, resolveModel, type ModelSource, type ResolvedModel } from '../models/modelSource.ts';
import { digestPath } from '../records/pathDigest.ts';
import { stageVariables } from '../key/runEnvironment.ts';
import type { StageResult } from '../records/stageResult.ts';
import type { Json } from '../../../base/canonicalJson.ts';

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
