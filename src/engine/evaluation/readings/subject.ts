/** What is measured: predictions by their meaning, wherever they come from. */
import type { DecisionCosts, ThresholdChoice } from '../../../protocol/evaluation.ts';
import type { ModelDescription } from '../../inference/scoring/model.ts';

/** `probability`: from 0 to 1. `score`: any number that rises with it. `decision`: classes alone. */
export type Scale = 'probability' | 'score' | 'decision';

export interface Subject extends Pick<ModelDescription, 'task' | 'target' | 'classes' | 'threshold'> {
  /** Default: probability. */
  readonly scale?: Scale;
  readonly thresholdChoice?: ThresholdChoice | undefined;
  /** What the two errors of two classes cost. */
  readonly costs?: DecisionCosts | undefined;
}
