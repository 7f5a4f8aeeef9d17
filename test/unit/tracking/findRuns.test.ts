import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { listRuns } from '../../../src/engine/tracking/store/listRuns.ts';
import { collectItems, itemsOf } from '../../../src/engine/tracking/store/pages.ts';
import type { TrackingReader } from '../../../src/engine/tracking/store/trackingStore.ts';
import { databaseCost, type DatabaseCost } from '../../support/databaseCost.ts';
import { writeManyRuns } from '../../support/manyRuns.ts';
import { makeFolder, temporaryFolder } from '../../support/project.ts';

const many = 10_000;
let [root, ids]: [string, readonly string[]] = ['', []];
beforeAll(async () => {
  root = makeFolder();
  ids = await writeManyRuns(root, many);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('pages of runs', () => {
  it('hold every run once, the newest first, those started at once by their id', async () => {
    await using reader = openStore({ root }).tracking();
    const found = await collectItems(async (page) => reader.summaries({ limit: 999, page }));
    const place = new Map(ids.map((id, index) => [id, Math.floor(index / 2)]));
    const expected = ids.toSorted((a, b) => (place.get(b) ?? 0) - (place.get(a) ?? 0) || (a < b ? -1 : 1));
    expect(found.map(({ id }) => id)).toEqual(expected);
  });

  it('are asked for only as far as they are looked at', async () => {
    await using reader = openStore({ root }).tracking();
    const asked: (string | undefined)[] = [];
    for await (const { name } of itemsOf(async (page) => {
      asked.push(page);
      return reader.summaries({ limit: 4, page });
    })) {
      if (name === `run ${many - 5}`) break;
    }
    expect(asked).toHaveLength(2);
  });

  it('do not shift when a run is started meanwhile', async () => {
    const folder = temporaryFolder();
    await writeManyRuns(folder, 6);
    await using reader = openStore({ root: folder }).tracking();
    const first = await reader.summaries({ limit: 2 });
    await using writer = openStoreWriter({ root: folder }).tracking();
    await writer.createRun({ experiment: 'many', name: 'new', startedAt: 1e6, user: 'ada' });
    const next = await reader.summaries({ limit: 2, page: first.nextPage });
    expect([...first.items, ...next.items].map(({ name }) => name)).toEqual(['run 4', 'run 5', 'run 2', 'run 3']);
  });

  it('say how many runs are nested in each, and give those of several at once', async () => {
    await using reader = openStore({ root }).tracking();
    const { items } = await reader.summaries({ topLevel: true, limit: 10 });
    expect(items.map(({ children }) => children).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 5, 5]);
    const parents = items.flatMap(({ id, children }) => (children === 0 ? [] : [id]));
    const nested = await reader.summaries({ parents });
    expect(nested.items.map(({ parentId }) => parentId)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => parents[Math.floor(index / 5)]),
    ]);
    expect((await reader.summaries({ parents: [ids[0] ?? ''] })).items).toEqual([]);
  });

  it('list a run whose parent lies in a deleted experiment: it is nested in nothing that is shown', async () => {
    const folder = temporaryFolder();
    await using writer = openStoreWriter({ root: folder }).tracking();
    const { id } = await writer.createRun({ experiment: 'sweeps', name: 'sweep', startedAt: 1, user: 'ada' });
    await writer.createRun({ experiment: 'many', name: 'trial', startedAt: 2, user: 'ada', parentId: id });
    using database = new DatabaseSync(join(folder, 'mlflow.db'));
    await using reader = openStore({ root: folder }).tracking();
    const shown = async (): Promise<string[]> => (await reader.summaries({ topLevel: true })).items.map(({ name }) => name);
    expect(await shown()).toEqual(['sweep']);
    database.exec(`UPDATE experiments SET lifecycle_stage = 'deleted' WHERE name = 'sweeps'`);
    expect(await shown()).toEqual(['trial']);
  });

  it('hold what was asked for', async () => {
    await using reader = openStore({ root }).tracking();
    const names = async (query: Parameters<TrackingReader['summaries']>[0]): Promise<string[]> =>
      (await reader.summaries(query)).items.map(({ name }) => name);
    expect(await names({ startsWith: 'run 999', limit: 3 })).toEqual(['run 9998', 'run 9999', 'run 9996']);
    expect(await names({ startsWith: ids[17] ?? '' })).toEqual(['run 17']);
    expect(await names({ startsWith: '%' })).toEqual([]);
    expect(await names({ ids: [ids[3] ?? '', ids[8] ?? '', 'none'] })).toEqual(['run 8', 'run 3']);
    expect(await names({ startedUntil: 1001, topLevel: true })).toEqual(['run 2', 'run 3', 'run 0', 'run 1']);
    expect(await names({ tags: { 'millwright.stage': 'stage 1' }, startedUntil: 1002 })).toEqual(['run 4', 'run 1']);
  });
});

describe('a page costs a page', () => {
  async function costOf(folder: string, work: (reader: TrackingReader) => Promise<unknown>): Promise<DatabaseCost> {
    await using reader = openStore({ root: folder }).tracking();
    await reader.summaries({ limit: 1 }); // the tables are looked at once
    return await databaseCost(async () => work(reader));
  }

  it.each<[string, (reader: TrackingReader) => Promise<unknown>]>([
    ['the newest runs', async (reader) => reader.runs({ limit: 20 })],
    ['the runs that are nested in none', async (reader) => reader.runs({ topLevel: true, limit: 20 })],
    ['the runs of a name', async (reader) => reader.summaries({ startsWith: 'run', limit: 20 })],
    ['the runs of a stage', async (reader) => reader.summaries({ tags: { 'millwright.stage': 'stage 1' }, limit: 20 })],
    ['a list with what is nested', async (reader) => listRuns(reader, { limit: 20, withNested: true })],
    ['one run', async (reader) => reader.run(ids[44] ?? '')],
  ])('%s: as much of ten thousand runs as of a hundred', async (_what, work) => {
    const few = temporaryFolder();
    await writeManyRuns(few, 100);
    const cost = await costOf(root, work);
    expect(cost).toEqual(await costOf(few, work));
    expect(cost.questions).toBeLessThan(25);
  });
});

it('a question that was cancelled is not asked', async () => {
  await using reader = openStore({ root }).tracking();
  const signal = AbortSignal.abort(new CancelledError());
  for (const question of [
    reader.summaries({ signal }),
    reader.runs({ signal }),
    reader.run('x', { signal }),
    reader.histories({ runIds: [], signal }),
  ]) {
    await expect(question).rejects.toBeInstanceOf(CancelledError);
  }
});
