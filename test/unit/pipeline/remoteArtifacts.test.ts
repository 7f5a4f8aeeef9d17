import { expect, it } from 'vitest';
import { resolveModel } from '../../../src/engine/pipeline/models/modelSource.ts';
import { findLoggedModel } from '../../../src/engine/pipeline/stages/command/scriptRun.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { temporaryFolder } from '../../support/project.ts';

const elsewhere = { code: 'artifacts.elsewhere', args: { location: 's3://bucket/1/model' } };

it('a registered model whose files are not on this machine is refused by where they are', async () => {
  const root = temporaryFolder();
  await using writer = openStoreWriter({ root }).registry();
  const { version } = await writer.createVersion({
    model: 'flights',
    source: 's3://bucket/1/model',
    runId: undefined,
    description: undefined,
    tags: {},
    createdAt: 1,
  });
  await writer.setAlias('flights', 'champion', version);
  await expect(resolveModel(root, 'flights@champion', new Map())).rejects.toMatchObject(elsewhere);
});

it('a model that a script logged to artifacts elsewhere is not said to be missing', async () => {
  const root = temporaryFolder();
  await using writer = openStoreWriter({ root }).tracking();
  const { id } = await writer.createRun({ experiment: 'e', name: 'r', startedAt: 1, user: 'ada' });
  await using reader = openStore({ root }).tracking();
  const run = await reader.run(id);
  if (run === undefined) throw new Error('no run');
  await expect(findLoggedModel(root, run, 'model')).resolves.toBeUndefined();
  await expect(findLoggedModel(root, { ...run, artifactUri: 's3://bucket/1/model' }, 'model')).rejects.toMatchObject(elsewhere);
});
