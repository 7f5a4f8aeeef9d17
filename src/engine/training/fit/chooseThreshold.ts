/** Chooses, on held-out rows, the probability from which a row counts as positive. */
import type { ThresholdChoice } from '../../../protocol/evaluation.ts';
import { decisionMeasures, type Confusion } from '../../evaluation/metrics/confusionMetrics.ts';
import { trainDefaults, type TrainStage } from '../../project/definitions/stages/trainStage.ts';

/** Held-out rows: the positive class's probability, and 1 for rows that are positive. */
export interface HeldOutScores {
  readonly probabilities: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

type ThresholdSpec = Exclude<TrainStage['threshold'], undefined>;

/**
 * A float32 lying midway between two scores that occur, so that a last bit cannot move a row. Among equally good thresholds
 * the one nearest to 0.5 wins.
 */
export function chooseThreshold(spec: ThresholdSpec | undefined, heldOut: HeldOutScores): number {
  if (spec === undefined) return trainDefaults.threshold;
  if (typeof spec === 'number') return Math.fround(spec);
  const merit = meritOf(spec);
  let best = { merit: -Infinity, threshold: 0.5 };
  for (const { threshold, confusion } of candidates(heldOut)) {
    const found = merit(confusion);
    const isNearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (found > best.merit || (found === best.merit && isNearer)) best = { merit: found, threshold };
  }
  return best.threshold;
}

/** What a threshold was chosen by, as the model keeps it. */
export function thresholdChoice(spec: ThresholdSpec | undefined): ThresholdChoice {
  if (spec === undefined) return { by: 'default' };
  if (typeof spec === 'number') return { by: 'number' };
  if ('maximize' in spec) return { by: 'maximize', metric: spec.maximize };
  return { by: 'cost', costs: { falsePositive: spec.cost.false_positive, falseNegative: spec.cost.false_negative } };
}

function* candidates({ probabilities, labels }: HeldOutScores): Generator<{ threshold: number; confusion: Confusion }> {
  const order = Uint32Array.from({ length: probabilities.length }, (_, row) => row);
  order.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  const rows = order.length;
  let positives = 0;
  for (let row = 0; row < rows; row++) positives += labels[row] ?? 0;
  let truePositives = 0;
  for (let taken = 0; taken <= rows; taken++) {
    if (taken > 0) truePositives += labels[order[taken - 1] ?? 0] ?? 0;
    const above = taken === 0 ? 1 : (probabilities[order[taken - 1] ?? 0] ?? 1);
    const below = probabilities[order[taken] ?? 0] ?? 0;
    if (taken < rows && above <= below) continue;
    const threshold = taken === rows ? Math.fround(above / 2) : between(above, below);
    const falsePositives = taken - truePositives;
    const trueNegatives = rows - positives - falsePositives;
    yield {
      threshold,
      confusion: { classes: 2, counts: Float64Array.of(trueNegatives, falsePositives, positives - truePositives, truePositives) },
    };
  }
}

/** Midway between two scores; neighbours in float32 have no number between them, so the upper one parts them. */
function between(above: number, below: number): number {
  const midway = Math.fround((above + below) / 2);
  return midway > below ? midway : above;
}

/** A metric that a threshold leaves undefined makes it no candidate. */
function meritOf(spec: Exclude<ThresholdSpec, number>): (confusion: Confusion) => number {
  if ('maximize' in spec) return decisionMeasures[spec.maximize];
  const { false_positive, false_negative } = spec.cost;
  return ({ counts: [, falsePositives = 0, falseNegatives = 0] }) => -(falsePositives * false_positive + falseNegatives * false_negative);
}
