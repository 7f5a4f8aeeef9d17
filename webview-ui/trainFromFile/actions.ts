/** What the page may ask of its host; none of it in a still picture of the page. */
import type { ProposalChoices } from '../../src/protocol/dataset.ts';

export interface TrainFromFileActions {
  readonly choose?: (choices: ProposalChoices) => Promise<unknown>;
  readonly train?: () => Promise<unknown>;
  readonly repair?: () => Promise<unknown>;
  readonly stop?: () => Promise<unknown>;
  readonly openReport?: () => Promise<unknown>;
  readonly openGraph?: () => Promise<unknown>;
  readonly openProjectFile?: () => Promise<unknown>;
}

/** Starts a request whose failure the host shows itself. */
export function ask(request: Promise<unknown> | undefined): void {
  request?.catch(() => undefined);
}
