/** What a report carries of the run whose model it measures. */
import type { ReportedRun, RunSheet } from './run.ts';

export function reportedRun({ run, before, versions }: RunSheet): ReportedRun {
  return { run, before, versions };
}
