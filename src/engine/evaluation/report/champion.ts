/** The version that stands behind an alias, measured beside the model that would take its place. */
import { AppError, errorText } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { Model, ModelDescription } from '../../inference/scoring/model.ts';
import { scoreCompared } from '../readings/collectPredictions.ts';
import type { Predictions } from '../metrics/predictions.ts';
import type { Subject } from '../readings/subject.ts';

/** The alias that the registration of an evaluated model moves. */
export interface PromotedAlias {
  /** `flights@champion`. */
  readonly alias: string;
  readonly allowWorse: boolean;
  /** The version that it names, or named before the evaluated model; undefined where there is none. */
  readonly champion: { readonly name: string; readonly folder: string } | undefined;
  /** Why the version that it names cannot be compared with. */
  readonly problem: string | undefined;
}

export interface ScoredChampion {
  readonly name: string;
  readonly predictions: Predictions | undefined;
  /** Why it could not be compared with. */
  readonly note: string | undefined;
  /** It predicts something else: whoever asks the alias would get answers to another question. */
  readonly isOtherQuestion: boolean;
}

interface Evaluated {
  readonly reader: DatasetReader;
  readonly subject: Subject;
  readonly description: ModelDescription;
  readonly predictions: Predictions;
  /** Opens a model folder, and closes it when the evaluation ends. */
  readonly open: (folder: string) => Promise<Model>;
}

/**
 * Nobody asked for this comparison, so that a champion that cannot be compared with is a note and no failure.
 * @throws CancelledError
 */
export async function scoreChampion(
  { champion }: PromotedAlias,
  { reader, subject, description, predictions, open }: Evaluated,
  ctx: StageContext,
): Promise<ScoredChampion | undefined> {
  if (champion === undefined) return undefined;
  const { name, folder } = champion;
  const without = (reason: string, isOtherQuestion: boolean): ScoredChampion => {
    return { name, predictions: undefined, note: notCompared(name, reason), isOtherQuestion };
  };
  try {
    const model = await open(folder);
    const { target, targetExpression } = model.description;
    if (target !== description.target || targetExpression !== description.targetExpression)
      return without(t('It predicts another target.'), true);
    const [its] = await scoreCompared({ reader, models: [model], subject, evaluated: predictions }, ctx);
    return { name, predictions: its, note: undefined, isOtherQuestion: false };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return without(errorText(error), AppError.is(error, 'evaluation.otherQuestion'));
  }
}

export function notCompared(name: string, reason: string): string {
  return t('Not compared with {name}: {reason}', { name, reason });
}
