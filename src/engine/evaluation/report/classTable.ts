/** How each class was recognised, and all of them together. */
import type { ClassAverage, ClassResult } from '../../../protocol/evaluation.ts';
import { classCountOf, rankingsOf, type ClassPredictions } from '../metrics/classSource.ts';
import {
  averages,
  classCounts,
  confusionCells,
  confusionOf,
  f1,
  precision,
  recall,
  type Average,
  type Confusion,
} from '../metrics/confusionMetrics.ts';
import { rounded } from './curves.ts';
import type { BinaryPredictions } from '../metrics/predictions.ts';
import { rank, rankFigures, type RankFigures } from '../metrics/rankMetrics.ts';
import { scoreOnce } from '../metrics/measuresOf.ts';
import { weightsOf } from '../metrics/rowWeights.ts';
import type { Subject } from '../readings/subject.ts';

export interface ClassTable {
  /** `confusion[actual][predicted]`: rows, or their weight. */
  readonly confusion: number[][];
  readonly classResults: readonly ClassResult[];
  readonly classAverages: readonly ClassAverage[];
}

export function classTable(predictions: ClassPredictions, subject: Subject): ClassTable {
  const classes = classCountOf(predictions);
  const counts = confusionOf(confusionCells(predictions), classes, weightsOf(predictions));
  const ranks = subject.scale === 'decision' ? [] : ranksOf(predictions);
  const rows = rowsPerClass(predictions);
  return {
    confusion: Array.from({ length: classes }, (_, actual) =>
      Array.from(
        counts.counts.subarray(actual * classes, (actual + 1) * classes),
        predictions.weights === undefined ? (count) => count : rounded,
      ),
    ),
    classResults: classCounts(counts).map((each, k) => ({
      name: subject.classes[k] ?? String(k),
      rows: rows[k] ?? 0,
      precision: defined(precision(each)),
      recall: defined(recall(each)),
      f1: defined(f1(each)),
      rocAuc: defined(ranks[k]?.rocAuc),
      averagePrecision: defined(ranks[k]?.averagePrecision),
    })),
    classAverages: (['macro', 'micro', 'weighted'] as const).map((average) => averageOf(average, predictions, counts, subject)),
  };
}

/** Each class against the rest; of two classes the negative one by what the positive one's score leaves. */
function ranksOf(predictions: ClassPredictions): readonly RankFigures[] {
  const weights = weightsOf(predictions);
  const ranks = rankingsOf(predictions).map((ranking) => rankFigures(ranking, weights));
  return predictions.task === 'binary' ? [rankFigures(negativeRanking(predictions), weights), ...ranks] : ranks;
}

function negativeRanking({ scores, truth }: BinaryPredictions): ReturnType<typeof rank> {
  return rank(
    scores.map((score) => -score),
    truth.map((actual) => 1 - actual),
  );
}

function averageOf(average: Average, predictions: ClassPredictions, counts: Confusion, subject: Subject): ClassAverage {
  const suffix = average === 'weighted' ? '' : (`_${average}` as const);
  const ranked =
    subject.scale === 'decision' || predictions.task === 'binary'
      ? {}
      : scoreOnce(predictions, [`roc_auc${suffix}`, `precision_recall_auc${suffix}`]);
  const [rocAuc, averagePrecision] = Object.values(ranked);
  return {
    average,
    precision: averages[average](counts, precision),
    recall: averages[average](counts, recall),
    f1: averages[average](counts, f1),
    rocAuc: defined(rocAuc),
    averagePrecision: defined(averagePrecision),
  };
}

function rowsPerClass(predictions: ClassPredictions): Float64Array {
  const rows = new Float64Array(classCountOf(predictions));
  for (const actual of predictions.truth) rows[actual] = (rows[actual] ?? 0) + 1;
  return rows;
}

function defined(figure: number | undefined): number | undefined {
  return figure === undefined || Number.isNaN(figure) ? undefined : figure;
}
