/** Runs as a list shows them: the newest that are nested in none, and below each those nested in it, as they were started. */
import type { Run } from '../../../protocol/run.ts';
import { collectItems, type Question } from './pages.ts';
import type { TrackingReader } from './trackingStore.ts';

/** A run in its place. */
export interface ListedRun {
  readonly run: Run;
  /** 0 for a run that is nested in none. */
  readonly depth: number;
}

export interface ListOptions extends Question {
  /** The most runs that are nested in none. */
  readonly limit?: number | undefined;
  /** Whether those nested in them are listed, too. */
  readonly withNested: boolean;
}

export async function listRuns(reader: TrackingReader, { limit, withNested, signal }: ListOptions): Promise<readonly ListedRun[]> {
  const top = await collectItems(async (page) => reader.runs({ topLevel: true, limit, page, signal }), limit);
  const nested = withNested ? await readNested(reader, top, signal) : new Map<string, readonly Run[]>();
  const listed = (run: Run, depth: number): ListedRun[] => [
    { run, depth },
    ...(nested.get(run.id) ?? []).flatMap((child) => listed(child, depth + 1)),
  ];
  return top.flatMap((run) => listed(run, 0));
}

/** The runs nested in others, however deep, by the run that they are nested in: one question for each level. */
async function readNested(
  reader: TrackingReader,
  runs: readonly Run[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const parents = runs.flatMap(({ id, children }) => (children === 0 ? [] : [id]));
  if (parents.length === 0) return new Map();
  const found = await collectItems(async (page) => reader.runs({ parents, page, signal }));
  const asStarted = found.toSorted((a, b) => a.startedAt - b.startedAt);
  return new Map([...Map.groupBy(asStarted, ({ parentId }) => parentId ?? ''), ...(await readNested(reader, found, signal))]);
}
