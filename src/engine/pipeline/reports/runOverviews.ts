/** Runs as lists show them: with their stage, note, headline, and what was changed since the run before. */
import type { RegisteredModel } from '../../../protocol/model.ts';
import type { Run, RunOverview } from '../../../protocol/run.ts';
import { headlineMetric } from '../../../protocol/headlineMetric.ts';
import { listRuns, type ListedRun, type ListOptions } from '../../tracking/store/listRuns.ts';
import { changesBetween, makerOf, runBefore } from '../../tracking/runs/runChanges.ts';
import { failureOf } from '../../tracking/runs/tags.ts';
import { collectItems, type Question } from '../../tracking/store/pages.ts';
import type { TrackingReader } from '../../tracking/store/trackingStore.ts';
import { headlineTag, noteTag, stageTag } from '../../../protocol/tables/storedNames.ts';

/** How many more runs are read, so that the oldest shown have one to be compared with. */
const lookBack = 20;

export interface ListedOverview extends Omit<ListedRun, 'run'> {
  readonly run: RunOverview;
}

export async function listRunOverviews(reader: TrackingReader, { limit, ...options }: ListOptions): Promise<readonly ListedOverview[]> {
  const listed = await listRuns(reader, { ...options, limit: limit === undefined ? undefined : limit + lookBack });
  const runs = listed.map(({ run }) => run);
  const ends = listed.flatMap(({ depth }, index) => (depth === 0 ? [index] : []));
  const shown = listed.slice(0, limit === undefined ? undefined : ends[limit]);
  const byMaker = Map.groupBy(runs, (run) => String(makerOf(run)));
  return shown.map(({ run, ...place }) => ({ run: overviewOf(run, earlierOf(run, byMaker.get(String(makerOf(run))))), ...place }));
}

/** The runs that registered versions came from, however old and also deleted ones, in one question to the store. */
export async function readRunsOfVersions(
  reader: TrackingReader,
  models: readonly RegisteredModel[],
  { signal }: Question = {},
): Promise<readonly RunOverview[]> {
  const ids = [...new Set(models.flatMap(({ versions }) => versions.flatMap(({ runId }) => runId ?? [])))];
  if (ids.length === 0) return [];
  const runs = await collectItems(async (page) => reader.runs({ ids, includeDeleted: true, page, signal }));
  return runs.map((run) => overviewOf(run));
}

/** Nested runs are folds and seeds of one training: among themselves nothing was changed. */
function earlierOf(run: Run, runs: readonly Run[] = []): Run | undefined {
  return run.parentId === undefined && makerOf(run) !== undefined ? runBefore(run, runs) : undefined;
}

/** @param before the run to compare with */
export function overviewOf(run: Run, before?: Run): RunOverview {
  const note = run.tags[noteTag];
  return {
    ...run,
    stage: run.tags[stageTag],
    note: note === undefined || note.trim() === '' ? undefined : note.trim(),
    beforeId: before?.id,
    changes: before === undefined ? undefined : changesBetween(before, run),
    headline: headlineMetric(run.metrics, run.tags[headlineTag]),
    failure: failureOf(run),
    evaluated: run.tags[headlineTag] !== undefined || run.inputs.some(({ context }) => context === 'evaluation'),
  };
}
