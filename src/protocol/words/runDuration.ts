/** How long a run took. Pure. */
import { formatDuration } from '../../base/clock.ts';
import type { RunSummary } from '../run.ts';

type Span = Pick<RunSummary, 'startedAt' | 'endedAt'>;

/** In milliseconds; undefined of a run that goes on, and where the end lies before the start, as other tools may write it. */
export function runDuration({ startedAt, endedAt }: Span): number | undefined {
  return endedAt === undefined || endedAt < startedAt ? undefined : endedAt - startedAt;
}

/** Undefined of a run that goes on. */
export function runDurationWords(run: Span): string | undefined {
  if (run.endedAt === undefined) return undefined;
  const duration = runDuration(run);
  return duration === undefined ? '–' : formatDuration(duration);
}
