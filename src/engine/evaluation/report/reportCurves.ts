/** The curves of a report, by what the predictions are. */
import type { ClassCurves, EvaluationReport } from '../../../protocol/evaluation.ts';
import { againstRest } from '../metrics/classSource.ts';
import { calibrationCurve, costCurve, predictedActual, residualHistogram, stepsOf, thresholdCurves } from './curves.ts';
import type { BinaryPredictions, MulticlassPredictions, Predictions, RegressionPredictions } from '../metrics/predictions.ts';
import { rank } from '../metrics/rankMetrics.ts';
import { weightsOf } from '../metrics/rowWeights.ts';
import { orderByScore } from '../metrics/scoreOrder.ts';
import type { Subject } from '../readings/subject.ts';

type Curves = EvaluationReport['curves'];

/** More classes than these make a chart of nothing but lines. */
const shownClasses = 8;

/** None where there are no scores; none of thresholds where one class weighs nothing. */
export function reportCurves(predictions: Predictions, subject: Subject): Curves {
  if (subject.scale === 'decision') return {};
  switch (predictions.task) {
    case 'binary':
      return binaryCurves(predictions, subject);
    case 'regression':
      return regressionCurves(predictions);
    case 'multiclass':
      return { perClass: perClassCurves(predictions, subject) };
  }
}

function binaryCurves(predictions: BinaryPredictions, { scale, costs, threshold }: Subject): Curves {
  const { scores, truth } = predictions;
  const weights = weightsOf(predictions);
  const ranking = rank(scores, truth);
  const steps = stepsOf(ranking, scores, weights);
  if (!(steps.positives > 0 && steps.positives < steps.rows)) return {};
  return {
    ...thresholdCurves(steps),
    ...(scale === 'score' ? {} : { calibration: calibrationCurve(ranking, scores, { truth, weights }) }),
    ...(costs === undefined || threshold === undefined ? {} : { cost: costCurve(steps, costs, threshold) }),
  };
}

function regressionCurves(predictions: RegressionPredictions): Curves {
  const { scores, truth } = predictions;
  const order = orderByScore(scores);
  return {
    calibration: calibrationCurve(order, scores, { truth, weights: weightsOf(predictions) }),
    predictedActual: predictedActual(order, scores, truth),
    residuals: residualHistogram(scores, truth),
  };
}

function perClassCurves(predictions: MulticlassPredictions, { classes, scale }: Subject): ClassCurves[] {
  const sizes = new Float64Array(predictions.classes);
  for (const actual of predictions.truth) sizes[actual] = (sizes[actual] ?? 0) + 1;
  const largest = Array.from(sizes, (_, k) => k)
    .sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b)
    .slice(0, shownClasses);
  return largest.flatMap((k) => {
    const one: BinaryPredictions = { task: 'binary', ...againstRest(predictions, k), threshold: NaN, weights: predictions.weights };
    const { roc, precisionRecall, calibration } = binaryCurves(one, {
      task: 'binary',
      target: '',
      classes: [],
      threshold: undefined,
      scale: scale ?? 'probability',
    });
    return roc === undefined || precisionRecall === undefined ? [] : [{ name: classes[k] ?? String(k), roc, precisionRecall, calibration }];
  });
}
