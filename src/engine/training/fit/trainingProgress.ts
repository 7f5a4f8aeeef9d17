/** How far a training is, over all its fits: which one, its round, its score, and the time left for all of them. */
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';

/** A fit as it was planned. */
export interface PlannedFit {
  /** How it is called where there are several: `Fold 2 of 5`. */
  readonly label: string | undefined;
  /** The rows it learns from, nearly. */
  readonly rows: number;
}

/** A round and its place in the whole. */
export interface RoundPlace {
  /** 0 to 1, of all fits. */
  readonly fraction: number;
  /** For all fits. */
  readonly remainingMs: number;
}

interface RoundScore {
  readonly step: number;
  readonly steps: number;
  readonly metric: string;
  readonly score: number;
}

/**
 * The work of a fit is its rows times its rounds. A fit to come is expected to stop as early as those before it did; what was
 * done before an interruption takes no time.
 */
export class TrainingProgress {
  readonly #fits: readonly PlannedFit[];
  readonly #ctx: StageContext;
  /** Rounds of the fits that are over. */
  readonly #ended: number[] = [];
  #step = 0;
  #fraction = 0;
  #startedAt = performance.now();
  #doneBefore = 0;

  /** @param fits in the order in which they begin */
  constructor(fits: readonly PlannedFit[], ctx: StageContext) {
    this.#fits = fits;
    this.#ctx = ctx;
  }

  /** Rows of the current fit pass through the feature graph. @param share 0 to 1 */
  features(share: number): void {
    const fraction = this.#fits.length === 1 ? share : this.#fraction;
    this.#ctx.progress({ message: this.#labelled(t('Computing features')), fraction });
  }

  /** Where a round of the current fit stands in the whole. */
  place(step: number, steps: number): RoundPlace {
    this.#step = step;
    const done = this.#done();
    const left = this.#left(steps);
    this.#fraction = Math.max(this.#fraction, done / (done + left)); // an expectation that changes takes nothing back
    const worked = done - this.#doneBefore;
    const remainingMs = worked > 0 ? ((performance.now() - this.#startedAt) / worked) * left : 0;
    return { fraction: this.#fraction, remainingMs };
  }

  /** Tells of a round and its score. */
  round(place: RoundPlace, { step, steps, metric, score }: RoundScore): void {
    const message = t('Round {step} of {steps}: {metric} {score}', { step, steps, metric, score: score.toFixed(4) });
    this.#ctx.progress({ message: this.#labelled(message), ...place });
  }

  /** The rounds so far were taken from an interrupted training. */
  resumed(): void {
    this.#doneBefore = this.#done();
    this.#startedAt = performance.now();
  }

  /** The current fit is over; the next one begins. */
  next(): void {
    this.#ended.push(this.#step);
    this.#step = 0;
  }

  #labelled(message: string): string {
    const label = this.#fits[this.#ended.length]?.label;
    return label === undefined ? message : `${label} · ${message}`;
  }

  #rows(fit: number): number {
    return this.#fits[fit]?.rows ?? 0;
  }

  #done(): number {
    const ended = this.#ended.reduce((sum, rounds, fit) => sum + rounds * this.#rows(fit), 0);
    return ended + this.#step * this.#rows(this.#ended.length);
  }

  #left(steps: number): number {
    const current = this.#ended.length;
    const usual = current === 0 ? steps : Math.min(steps, this.#ended.reduce((sum, rounds) => sum + rounds, 0) / current);
    const own = Math.max(this.#step < usual ? usual : steps, this.#step) - this.#step;
    const later = this.#fits.slice(current + 1).reduce((sum, { rows }) => sum + rows, 0);
    return own * this.#rows(current) + usual * later;
  }
}
