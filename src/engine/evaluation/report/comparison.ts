/** What an evaluation compares with: a constant, or registered models that score the same rows. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import type { Model } from '../../inference/scoring/model.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import { gateEntries } from './gates.ts';
import type { Baseline } from './measure.ts';
import type { Predictions } from '../metrics/predictions.ts';

export interface ComparedFolders {
  /** The folder of the registered model that `stage.baseline` names; undefined where it names none or none exists yet. */
  readonly baselineFolder?: string;
  /** The folders of the registered models that gates name under `beats`; one that does not exist yet is absent. */
  readonly championFolders?: Readonly<Record<string, string>>;
}

/** The registered models that a stage compares with, as written: the baseline (unless majority or mean) and what gates must beat. */
export function comparedModels(stage: EvaluateStage): readonly string[] {
  const beats = gateEntries(stage.gate ?? {}).flatMap(([, limits]) => limits.beats ?? []);
  return [...new Set([registeredBaseline(stage) ?? [], ...beats].flat())];
}

/** @throws AppError `evaluation.baselineNotForTask` */
export function baselineOf(stage: EvaluateStage, task: Task, { baselineFolder }: ComparedFolders): Baseline {
  const simple = task === 'regression' ? 'mean' : 'majority';
  const baseline = registeredBaseline(stage);
  if (baseline !== undefined) {
    return baselineFolder === undefined
      ? { kind: simple, name: t('{simple} ({baseline} does not exist yet)', { simple, baseline }) }
      : { kind: 'model', name: baseline };
  }
  if (stage.baseline === undefined || stage.baseline === simple) return { kind: simple, name: simple };
  const args = { baseline: stage.baseline, task, simple };
  throw new AppError('evaluation.baselineNotForTask', t('"{baseline}" is no baseline for a {task} model.', args), {
    args,
    remedy: t('Write "{simple}", or a registered model as name@alias.', args),
  });
}

export interface ComparedModels {
  /** By reference; each opened once although it may be baseline and champion. */
  readonly references: readonly string[];
  readonly models: readonly Model[];
}

/** @param open opens a model folder, and closes it when the evaluation ends */
export async function openCompared(
  stage: EvaluateStage,
  { baselineFolder, championFolders }: ComparedFolders,
  open: (folder: string) => Promise<Model>,
): Promise<ComparedModels> {
  const folders = new Map(Object.entries(championFolders ?? {}));
  if (registeredBaseline(stage) !== undefined && baselineFolder !== undefined) folders.set(stage.baseline ?? '', baselineFolder);
  const references = comparedModels(stage).filter((reference) => folders.has(reference));
  const models: Model[] = [];
  for (const reference of references) models.push(await open(folders.get(reference) ?? ''));
  return { references, models };
}

/** Predictions of the compared models by their references. */
export function byReference({ references }: ComparedModels, predictions: readonly Predictions[]): ReadonlyMap<string, Predictions> {
  return new Map(predictions.map((its, index) => [references[index] ?? '', its]));
}

/** The registered model that a baseline names, or undefined. */
function registeredBaseline({ baseline }: EvaluateStage): string | undefined {
  return baseline === 'majority' || baseline === 'mean' ? undefined : baseline;
}
