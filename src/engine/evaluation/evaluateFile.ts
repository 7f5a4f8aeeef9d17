/** Measures a file of predictions that belongs to no project. */
import { basename, dirname } from 'node:path';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { EvaluateStage } from '../project/definitions/stages/evaluateStage.ts';
import { evaluatePredictions } from './evaluatePredictions.ts';
import type { PredictionSpec } from './readings/readPredictions.ts';

export interface EvaluateFileOptions extends Omit<
  EvaluateStage,
  'uses' | 'model' | 'predictions' | 'dataset' | 'baseline' | 'needs' | 'leakage'
> {
  readonly predictions: PredictionSpec;
  readonly seed: number;
}

/**
 * Writes nothing.
 * @param path absolute
 * @throws AppError as {@link evaluatePredictions}; CancelledError
 */
export async function evaluateFile(path: string, options: EvaluateFileOptions, ctx: StageContext): Promise<EvaluationReport> {
  const { predictions, seed, ...settings } = options;
  const dataset = basename(path);
  return evaluatePredictions(
    {
      project: { root: dirname(path), seed, datasets: { [dataset]: { path } } },
      stage: { uses: 'evaluate', dataset, predictions, ...settings },
      stageName: dataset,
      predictions,
      asOf: new Date(0), // the file has no window that could end then
    },
    ctx,
  );
}
