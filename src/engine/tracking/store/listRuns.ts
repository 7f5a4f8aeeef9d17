/** Runs as a list shows them: the newest that are nested in none, and below each those nested in it, as they were started. */
import type { Run } from '../../../protocol/run.ts';
import type { TrackingReader } from './trackingStore.ts';

/** A run in its place. */
export interface ListedRun {
  readonly run: Run;
  /** 0 for a run that is nested in none. */
  readonly depth: number;
  /** How many runs are nested in it. */
  readonly nested: number;
}

/** @param options the most runs that are nested in none, and whether those nested in them are listed, too */
export async function listRuns(
  reader: TrackingReader,
  { limit, withNested }: { readonly limit?: number | undefined; readonly withNested: boolean },
): Promise<readonly ListedRun[]> {
  const parents = new Map<string, number>();
  for (const { parentId } of await reader.summaries()) if (parentId !== undefined) parents.set(parentId, (parents.get(parentId) ?? 0) + 1);
  const listed = async (run: Run, depth: number): Promise<ListedRun[]> => {
    const nested = parents.get(run.id) ?? 0;
    if (!withNested || nested === 0) return [{ run, depth, nested }];
    const children = (await reader.runs({ parentId: run.id })).toSorted((a, b) => a.startedAt - b.startedAt);
    return [{ run, depth, nested }, ...(await inTurn(children, async (child) => listed(child, depth + 1)))];
  };
  const top = await reader.runs({ topLevel: true, ...(limit === undefined ? {} : { limit }) });
  return inTurn(top, async (run) => listed(run, 0));
}

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<readonly R[]>): Promise<R[]> {
  return (await Promise.all(values.map(work))).flat();
}
