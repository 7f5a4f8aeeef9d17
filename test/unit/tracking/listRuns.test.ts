import { expect, it } from 'vitest';
import { listRuns } from '../../../src/engine/tracking/store/listRuns.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { temporaryFolder } from '../../support/project.ts';

it('lists the newest runs that are nested in none, with what is nested in them as it was started; a deleted parent hides nothing', async () => {
  const root = temporaryFolder();
  await using writer = openStoreWriter({ root }).tracking();
  let startedAt = 0;
  const start = async (name: string, parentId?: string): Promise<string> => {
    const parent = parentId === undefined ? {} : { parentId };
    return (await writer.createRun({ experiment: 'e', name, startedAt: ++startedAt, user: 'ada', ...parent })).id;
  };
  const old = await start('old');
  const seeds = await start('seeds');
  const seed1 = await start('seed 1', seeds);
  for (const fold of ['fold 1', 'fold 2']) await start(fold, seed1);
  await start('seed 2', seeds);
  await start('orphan', await start('gone'));
  await using reader = openStore({ root }).tracking();
  const shown = async (options: Parameters<typeof listRuns>[1]): Promise<string[]> =>
    (await listRuns(reader, options)).map(({ run, depth }) => `${'-'.repeat(depth)}${run.name} ${run.children}`);
  expect(await shown({ withNested: false })).toEqual(['gone 1', 'seeds 2', 'old 0']);
  expect(await shown({ withNested: true, limit: 2 })).toEqual([
    'gone 1',
    '-orphan 0',
    'seeds 2',
    '-seed 1 2',
    '--fold 1 0',
    '--fold 2 0',
    '-seed 2 0',
  ]);
  const gone = (await reader.summaries()).items.find(({ name }) => name === 'gone')!;
  await writer.deleteRun(gone.id);
  await writer.deleteRun(old);
  expect(await shown({ withNested: false })).toEqual(['orphan 0', 'seeds 2']);
});
