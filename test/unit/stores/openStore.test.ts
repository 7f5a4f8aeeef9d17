import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { ProjectWatch } from '../../../src/workers/projectWatch.ts';
import { temporaryFolder } from '../../support/project.ts';

const newRun = { experiment: 'flights', name: 'train', startedAt: 1000, user: 'ada' } as const;

describe('the store of a project', () => {
  it('is the one that MLflow would make in the folder, and holds nothing before its first change', async () => {
    const root = temporaryFolder();
    const store = openStore({ root });
    expect(store.uri).toBe(`sqlite:///${join(root, 'mlflow.db')}`);
    await using runs = store.tracking();
    await using models = store.registry();
    expect([(await runs.runs()).items, (await models.models()).items]).toEqual([[], []]);
    expect(readdirSync(root)).toEqual([]);
    await using writer = openStoreWriter({ root }).tracking();
    const { id } = await writer.createRun(newRun);
    expect(await runs.run(id)).toMatchObject({ name: 'train' });
  });

  it('lies where the project says, from its folder or anywhere', async () => {
    const [root, elsewhere] = [temporaryFolder(), temporaryFolder()];
    for (const [storeUri, path] of [
      ['sqlite:///runs.db', join(root, 'runs.db')],
      [`sqlite:///${join(elsewhere, 'all.db')}`, join(elsewhere, 'all.db')],
    ] as const) {
      await using writer = openStoreWriter({ root, storeUri }).tracking();
      await writer.createRun(newRun);
      expect(openStore({ root, storeUri }).files).toContain(path);
      await using reader = openStore({ root, storeUri }).tracking();
      expect((await reader.summaries()).items).toHaveLength(1);
    }
    expect([readdirSync(root), readdirSync(elsewhere)]).toEqual([['runs.db'], ['all.db']]);
  });

  it('of a kind that is not known is refused, to readers and to writers', () => {
    const project = { root: temporaryFolder(), storeUri: 'https://mlflow.example.org' };
    const refusal = expect.objectContaining({ code: 'store.unknownScheme' }) as unknown;
    expect(() => openStore(project)).toThrow(refusal);
    expect(() => openStoreWriter(project)).toThrow(refusal);
  });

  it('tells the watch over a project which files to look at', async () => {
    const root = temporaryFolder();
    const told: string[] = [];
    const watch = new ProjectWatch(root, (parts) => told.push(...parts));
    await expect
      .poll(
        () => {
          for (const file of openStore({ root }).files) writeFileSync(file, String(Math.random()));
          return told;
        },
        { timeout: 15_000 },
      )
      .toContain('tracking');
    watch[Symbol.dispose]();
    expect(told).not.toContain('project');
  });
});
