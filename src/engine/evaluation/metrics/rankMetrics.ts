/** Metrics of a ranking of two classes, for rows that count differently. */
import type { ScoreArray } from './predictions.ts';
import type { RowWeights } from './rowWeights.ts';
import { orderByScore, type ScoreOrder } from './scoreOrder.ts';

/** Rows in the order of their scores, with the truth in that order. */
export interface Ranking extends ScoreOrder {
  /** 1 for a positive row, else 0; aligned with `rows`. */
  readonly positive: Uint8Array;
}

/**
 * @param scores higher means more likely positive; no NaN
 * @param isPositive 1 or 0 per row
 */
export function rank(scores: ScoreArray, isPositive: Uint8Array): Ranking {
  const order = orderByScore(scores);
  return { ...order, positive: Uint8Array.from(order.rows, (row) => isPositive[row] ?? 0) };
}

/** What a ranking is worth; both are NaN where a class they need is absent. */
export interface RankFigures {
  /**
   * scikit-learn's `roc_auc_score`: the share of pairs (positive, negative) in which the positive row has the higher
   * score, ties counting half.
   */
  readonly rocAuc: number;
  /**
   * scikit-learn's `average_precision_score`: Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct thresholds, highest first
   * (what MLflow logs as `precision_recall_auc`).
   */
  readonly averagePrecision: number;
  /** Σ weight of the positive rows. */
  readonly positives: number;
}

/**
 * One pass from the highest score down.
 * @param weights in row order
 */
export function rankFigures({ rows, startsGroup, positive }: Ranking, weights: RowWeights): RankFigures {
  let positives = 0;
  let flagged = 0;
  let groupPositives = 0;
  let groupFlagged = 0;
  let wins = 0;
  let precisions = 0;
  for (let index = rows.length - 1; index >= 0; index--) {
    const weight = weights[rows[index] ?? 0] ?? 0;
    groupFlagged += weight;
    groupPositives += weight * (positive[index] ?? 0); // no branches on data: they would be mispredicted at every other row
    if (startsGroup[index] === 0) continue;
    wins += (groupFlagged - groupPositives) * (positives + groupPositives / 2);
    positives += groupPositives;
    flagged += groupFlagged;
    precisions += (groupPositives * positives) / (flagged === 0 ? 1 : flagged);
    groupPositives = 0;
    groupFlagged = 0;
  }
  return { rocAuc: wins / (positives * (flagged - positives)), averagePrecision: precisions / positives, positives };
}
