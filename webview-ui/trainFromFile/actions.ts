/** What the page may ask of its host; none of it in a still picture of the page. */
import type { TrainingChoices } from '../../src/protocol/pageContract.ts';

export interface TrainFromFileActions {
  readonly choose?: (choices: TrainingChoices) => Promise<unknown>;
  readonly train?: () => Promise<unknown>;
  readonly repair?: () => Promise<unknown>;
  readonly stop?: () => Promise<unknown>;
  readonly openReport?: () => Promise<unknown>;
  readonly openProjectFile?: () => Promise<unknown>;
}

/** Starts a request whose failure the host shows itself. */
export function ask(request: Promise<unknown> | undefined): void {
  request?.catch(() => undefined);
}
