/** One round of boosting: what it added and the losses it led to. */
import type { BoostingParams } from './boostingParams.ts';
import type { RoundLoss } from '../trainer/trainerContract.ts';
import type { Tree } from './tree.ts';

export interface BoostingRound {
  readonly loss: RoundLoss;
  /** One per output. */
  readonly trees: readonly Tree[];
}

/** Follows the losses of the rounds: when to stop, and how many to keep. */
export class StoppingRule {
  readonly #params: BoostingParams;
  #rounds = 0;
  #best = { rounds: 0, loss: Infinity };
  #withoutGain = 0;

  constructor(params: BoostingParams, earlier: readonly BoostingRound[]) {
    this.#params = params;
    for (const { loss } of earlier) this.add(loss);
  }

  add({ heldOut }: RoundLoss): void {
    this.#rounds++;
    if (heldOut === undefined) return;
    this.#withoutGain++;
    if (!(heldOut < this.#best.loss - this.#params.minDelta)) return;
    this.#best = { rounds: this.#rounds, loss: heldOut };
    this.#withoutGain = 0;
  }

  /** The rounds are used up, or the held-out loss has not improved for `patience` of them. */
  get isOver(): boolean {
    const { maxIter, patience } = this.#params;
    return this.#rounds >= maxIter || (patience !== undefined && this.#withoutGain >= patience);
  }

  /** Up to the smallest held-out loss where training may stop early, else all. */
  get kept(): number {
    return this.#params.patience !== undefined && this.#best.rounds > 0 ? this.#best.rounds : this.#rounds;
  }
}
