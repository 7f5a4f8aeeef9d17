/** Models of other tools in an evaluation: which columns they take, and what they predict, is said by the stage. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { readColumns } from '../data/dataset/openDataset.ts';
import type { ModelDescription } from '../inference/scoring/model.ts';
import type { ForeignOptions } from '../inference/foreign/foreignModel.ts';
import type { EvaluateStage } from '../project/definitions/stages/evaluateStage.ts';
import type { EvaluateOptions } from './report/evaluationReport.ts';

/** @param target the column that they are measured by */
export function foreignOptions(
  { project, stage }: Pick<EvaluateOptions, 'project' | 'stage'>,
  target: string | undefined,
  { budget, signal }: StageContext,
): Omit<ForeignOptions, 'note'> {
  return {
    threads: budget.threads,
    choices: async (madeBy) => {
      if (target === undefined) throw targetNeeded(madeBy);
      const columns = await readColumns(project, stage.dataset, { budget, signal });
      return { inputs: stage.inputs, target, columns: columns.map(({ name }) => name) };
    },
    signal,
  };
}

function targetNeeded(madeBy: string): AppError {
  const args = { madeBy };
  return new AppError(
    'evaluation.targetNeeded',
    t('The model was made by {madeBy}, not by Millwright: it does not say which column it predicts.', args),
    {
      args,
      remedy: t('Add "target: <column>" to the stage: the column of the data set that holds the truth.'),
    },
  );
}

/** The target is the model's own where Millwright trained it. @throws AppError `evaluation.otherTarget` */
export function requireTarget({ target, isForeign }: ModelDescription, stage: EvaluateStage): void {
  const args = { target, wanted: stage.target ?? '' };
  if (isForeign === true || stage.target === undefined || stage.target === target) return;
  throw new AppError(
    'evaluation.otherTarget',
    t('The stage names the target {wanted}, but the model was trained to predict {target}.', args),
    {
      args,
      remedy: t('Take "target" away: models that Millwright trains know what they predict.'),
    },
  );
}
