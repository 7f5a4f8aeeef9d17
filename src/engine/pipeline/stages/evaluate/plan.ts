/** What an evaluation depends on: the model, those that it is compared with, and the version that it would replace. */
import { AppError, errorText } from '../../../../base/errors.ts';
import type { PromotedAlias } from '../../../evaluation/report/champion.ts';
import type { Project } from '../../../project/definitions/project.ts';
import { roleOf } from '../../../project/definitions/stage.ts';
import type { EvaluateStage } from '../../../project/definitions/stages/evaluateStage.ts';
import { parseModelReference } from '../../../project/values/modelReference.ts';
import { findOther, type ModelSource } from '../../models/modelSource.ts';
import { addModel } from '../addModel.ts';
import type { Resolution, StagePlan } from '../stagePlan.ts';
import { ownTables } from '../../../../protocol/tables/storedNames.ts';
import { usualMetricsDigest } from '../tablesRead.ts';

export interface Evaluated {
  /** Undefined where predictions are measured. */
  readonly model: ModelSource | undefined;
  /** Registered models that it is compared with, as written; one that does not exist yet is absent. */
  readonly compared: Readonly<Record<string, ModelSource>>;
  /** The alias that the model's registration moves, and the version that it names or named before. */
  readonly promoted: PromotedAlias | undefined;
  /**
   * What stands before the names of the metrics: nothing for a model's first evaluation, then the stage's name. Predictions without a
   * model have a run of their own, so nothing.
   */
  readonly metricPrefix: string;
}

export const evaluatePlan: StagePlan<EvaluateStage, Evaluated> = {
  revision: 6,
  resolve: async (stage, resolution) => {
    const { project, parts } = resolution;
    const model = stage.model === undefined ? undefined : await addModel(stage.model, resolution);
    const prefix = metricPrefix(stage, resolution);
    parts.values.seed = String(project.seed);
    if (stage.metrics === undefined) parts.inputs[ownTables.usualMetrics] = usualMetricsDigest;
    if (stage.model !== undefined) {
      parts.local[`run of ${stage.model}`] = model?.runId ?? '';
      parts.values.metric_prefix = JSON.stringify(prefix);
    }
    const compared = await addCompared(stage, model, resolution);
    return { model, compared, promoted: await addPromotion(stage, model, resolution), metricPrefix: prefix };
  },
  opensRun: ({ predictions }) => predictions !== undefined,
  // A limit says nothing of a sample, which knows no registered model either.
  sampled: (stage) => ({ ...stage, gate: undefined, baseline: isRegistered(stage.baseline) ? undefined : stage.baseline }),
  headline: ([first]) => first?.name,
};

function isRegistered(baseline: string | undefined): boolean {
  const reference = baseline === undefined ? undefined : parseModelReference(baseline);
  return reference !== undefined && reference.kind !== 'stage';
}

function metricPrefix({ model }: EvaluateStage, { project, name }: Resolution): string {
  if (model === undefined) return '';
  const first = Object.entries(project.stages).find(([, other]) => roleOf(other).judges === model);
  return first?.[0] === name ? '' : `${name}_`;
}

async function addCompared(
  stage: EvaluateStage,
  model: ModelSource | undefined,
  { project, parts }: Resolution,
): Promise<Record<string, ModelSource>> {
  const compared: Record<string, ModelSource> = {};
  for (const reference of new Set(roleOf(stage).compares?.map((other) => other.model))) {
    const parsed = parseModelReference(reference);
    if (parsed === undefined || parsed.kind === 'stage') continue; // `majority`, `mean`
    const source = await findOther(project.root, parsed, model?.digest);
    parts.inputs[`model ${reference}`] = source?.digest ?? 'none yet'; // an alias may name no version yet
    if (source !== undefined) compared[reference] = source;
  }
  return compared;
}

/**
 * The version behind the alias is of this store alone, so that it is no part of the lock file; that it is gone or damaged is
 * no reason to fail, since nobody named it.
 */
async function addPromotion(
  stage: EvaluateStage,
  model: ModelSource | undefined,
  { project, parts }: Resolution,
): Promise<PromotedAlias | undefined> {
  const registration = registrationOf(project, stage);
  if (registration === undefined) return undefined;
  const { name, alias, allowWorse } = registration;
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

interface Promotion {
  readonly name: string;
  readonly alias: string;
  readonly allowWorse: boolean;
}

/** By the first stage that registers the evaluated model and moves an alias to it. */
function registrationOf({ stages }: Project, { model }: EvaluateStage): Promotion | undefined {
  return Object.values(stages)
    .map(roleOf)
    .flatMap(({ model: registered, registers }): Promotion[] =>
      registers?.alias === undefined || registered !== model ? [] : [{ ...registers, alias: registers.alias }],
    )[0];
}

async function findChampion(
  root: string,
  { name, alias }: { readonly name: string; readonly alias: string },
  model: ModelSource | undefined,
): Promise<{ readonly source: ModelSource | undefined; readonly problem: string | undefined }> {
  try {
    return { source: await findOther(root, { kind: 'alias', model: name, alias }, model?.digest), problem: undefined };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { source: undefined, problem: errorText(error) };
  }
}
