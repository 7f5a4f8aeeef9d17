import { describe, expect, it } from 'vitest';
import { deleteAlias, aliasUndo, setAlias } from '../../../src/engine/stores/aliases.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { CancelledError } from '../../../src/base/abort.ts';
import { collectItems } from '../../../src/engine/tracking/store/pages.ts';
import type { RegistryReader, RegistryWriter, VersionQuery } from '../../../src/engine/registry/store/registryStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { readAuditLog } from '../../../src/engine/safety/auditLog.ts';
import type { AuditLog } from '../../../src/engine/safety/change.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { databaseCost } from '../../support/databaseCost.ts';
import { temporaryFolder } from '../../support/project.ts';

const version = { model: 'flights', source: '/models/1', runId: 'run', description: 'good', tags: { digest: 'a' }, createdAt: 1000 };
const failsWith = (code: string): unknown => expect.objectContaining({ code });

async function openRegistry(versions: number): Promise<{ root: string; writer: RegistryWriter; reader: RegistryReader }> {
  const root = temporaryFolder();
  const writer = openStoreWriter({ root }).registry();
  for (let made = 0; made < versions; made++) await writer.createVersion({ ...version, createdAt: 1000 + made });
  return { root, writer, reader: openStore({ root }).registry() };
}

describe('versions', () => {
  it('count from 1 per model, newest first', async () => {
    const { writer, reader } = await openRegistry(2);
    await writer.createVersion({ ...version, model: 'other', description: undefined, runId: undefined, tags: {} });
    expect((await reader.models()).items.map(({ name, versions }) => [name, versions.map((found) => found.version)])).toEqual([
      ['flights', [2, 1]],
      ['other', [1]],
    ]);
    expect(await reader.version('flights', 1)).toMatchObject({ ...version, version: 1, aliases: [] });
    expect(await reader.model('flights')).toMatchObject({ createdAt: 1000, updatedAt: 1001 });
    expect(await reader.model('none')).toBeUndefined();
    expect(await reader.version('flights', 9)).toBeUndefined();
  });

  it('keep their number when they are deleted, and come back as they were', async () => {
    const { writer, reader } = await openRegistry(2);
    await writer.setAlias('flights', 'champion', 2);
    const before = (await reader.version('flights', 2))!;
    await writer.deleteVersion('flights', 2);
    expect((await reader.model('flights'))?.versions.map((found) => found.version)).toEqual([1]);
    expect(await reader.alias('flights', 'champion')).toBeUndefined();
    expect(await writer.createVersion(version)).toMatchObject({ version: 3 });
    await writer.restoreVersion(before);
    expect(await reader.version('flights', 2)).toEqual(before);
    expect(await reader.alias('flights', 'champion')).toEqual(before);
    await expect(writer.restoreVersion(before)).rejects.toThrow(failsWith('registry.versionNotFound'));
  });

  it('are found by model, run and tag, page after page', async () => {
    const { writer, reader } = await openRegistry(3);
    await writer.createVersion({ ...version, model: 'a model', runId: 'other', tags: { digest: 'b' } });
    await writer.deleteVersion('flights', 2);
    const found = async (query: VersionQuery): Promise<string[]> =>
      (await collectItems(async (page) => reader.versions({ ...query, page }))).map((each) => `${each.model} ${each.version}`);
    expect(await found({})).toEqual(['a model 1', 'flights 3', 'flights 1']);
    expect(await found({ limit: 1 })).toEqual(['a model 1', 'flights 3', 'flights 1']);
    expect(await found({ model: 'flights', limit: 1 })).toEqual(['flights 3', 'flights 1']);
    expect(await found({ runIds: ['other', 'none'] })).toEqual(['a model 1']);
    expect(await found({ tags: { digest: 'a' }, model: 'flights' })).toEqual(['flights 3', 'flights 1']);
    expect(await found({ tags: { digest: 'a' }, runIds: ['other'] })).toEqual([]);
    const models = await collectItems(async (page) => reader.models({ limit: 1, page }));
    expect(models.map(({ name, versions }) => [name, versions.length])).toEqual([
      ['a model', 1],
      ['flights', 2],
    ]);
    const signal = AbortSignal.abort(new CancelledError());
    await expect(reader.versions({ signal })).rejects.toBeInstanceOf(CancelledError);
  });

  it('cost as much of many as of few', async () => {
    const [few, many] = await Promise.all(
      [3, 30].map(async (count) => {
        const { writer, reader } = await openRegistry(count);
        for (let made = 0; made < count; made++) await writer.createVersion({ ...version, model: `model ${made}` });
        await reader.models({ limit: 1 }); // the tables are looked at once
        return reader;
      }),
    );
    for (const work of [
      async (reader?: RegistryReader) => reader?.versions({ model: 'flights', limit: 2 }),
      async (reader?: RegistryReader) => reader?.models({ limit: 2, page: 'model' }),
      async (reader?: RegistryReader) => reader?.version('flights', 3),
      async (reader?: RegistryReader) => reader?.versions({ tags: { digest: 'a' }, limit: 1 }),
    ]) {
      expect(await databaseCost(async () => work(many))).toEqual(await databaseCost(async () => work(few)));
    }
  });

  it('take and lose tags', async () => {
    const { writer, reader } = await openRegistry(1);
    await writer.setVersionTag('flights', 1, 'approved by', 'ada');
    await writer.setVersionTag('flights', 1, 'digest', 'b');
    expect((await reader.version('flights', 1))?.tags).toEqual({ 'approved by': 'ada', digest: 'b' });
    await writer.deleteVersionTag('flights', 1, 'approved by');
    expect((await reader.version('flights', 1))?.tags).toEqual({ digest: 'b' });
    await expect(writer.setVersionTag('flights', 1, 'a,b', 'x')).rejects.toThrow(failsWith('tracking.badName'));
    await expect(writer.setVersionTag('flights', 2, 'a', 'x')).rejects.toThrow(failsWith('registry.versionNotFound'));
  });

  it.each(['', ' ', 'a/b', 'a:b', '..', 'x'.repeat(257)])('are refused for a model called %j', async (model) => {
    const { writer } = await openRegistry(0).catch(() => ({ writer: openStoreWriter({ root: temporaryFolder() }).registry() }));
    await expect(writer.createVersion({ ...version, model })).rejects.toThrow(failsWith('registry.badName'));
  });
});

describe('aliases', () => {
  it('point to one version each', async () => {
    const { writer, reader } = await openRegistry(2);
    await writer.setAlias('flights', 'champion', 1);
    await writer.setAlias('flights', 'best', 1);
    await writer.setAlias('flights', 'champion', 2);
    expect(await reader.alias('flights', 'champion')).toMatchObject({ version: 2, aliases: ['champion'] });
    expect(await reader.version('flights', 1)).toMatchObject({ aliases: ['best'] });
    await writer.deleteAlias('flights', 'best');
    await writer.deleteAlias('flights', 'best');
    expect(await reader.alias('flights', 'best')).toBeUndefined();
  });

  it('need a version and a name that MLflow takes', async () => {
    const { writer } = await openRegistry(1);
    await expect(writer.setAlias('flights', 'champion', 2)).rejects.toThrow(failsWith('registry.versionNotFound'));
    await expect(writer.setAlias('none', 'champion', 1)).rejects.toThrow(failsWith('registry.modelNotFound'));
    await expect(writer.deleteAlias('none', 'champion')).rejects.toThrow(failsWith('registry.modelNotFound'));
    for (const alias of ['', 'latest', 'LATEST', 'v1', 'V22', 'a b', 'a.b', 'x'.repeat(256)]) {
      await expect(writer.setAlias('flights', alias, 1)).rejects.toThrow(failsWith('registry.badAlias'));
    }
  });

  it('are moved and deleted with a line in the audit log, and each change can be undone', async () => {
    const { root, reader } = await openRegistry(2);
    const log: AuditLog = {
      root,
      user: 'ada',
      environment: 'development',
      ticket: undefined,
      approvedBy: undefined,
      command: 'millwright models alias flights champion 1',
      jobId: undefined,
      secrets: [],
    };
    const pointsTo = async (): Promise<number | undefined> => (await reader.alias('flights', 'champion'))?.version;
    const undoLast = async (): Promise<void> => {
      await undoChange(log, (await readAuditLog(root)).length, aliasUndo(root));
    };
    await setAlias(log, { model: 'flights', alias: 'champion', version: 1 });
    await setAlias(log, { model: 'flights', alias: 'champion', version: 2 });
    expect(await pointsTo()).toBe(2);
    await undoLast();
    expect(await pointsTo()).toBe(1);
    await undoLast();
    expect(await pointsTo()).toBe(2);
    await deleteAlias(log, { model: 'flights', alias: 'champion' });
    expect(await pointsTo()).toBeUndefined();
    await undoLast();
    expect(await pointsTo()).toBe(2);
    await expect(setAlias(log, { model: 'flights', alias: 'champion', version: 9 })).rejects.toThrow(failsWith('registry.versionNotFound'));
    expect((await readAuditLog(root)).at(-1)?.entry).toMatchObject({ operation: 'alias.set', outcome: 'failure', model_version: '9' });
  });
});

it('hides prompts, which MLflow keeps among the models', async () => {
  const { root, writer, reader } = await openRegistry(1);
  await writer.createVersion({ ...version, model: 'greeting' });
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(`${root}/mlflow.db`);
  database.exec(`INSERT INTO registered_model_tags (key, value, name) VALUES ('mlflow.prompt.is_prompt', 'true', 'greeting')`);
  database.close();
  expect((await reader.models()).items.map(({ name }) => name)).toEqual(['flights']);
  expect(await reader.version('greeting', 1)).toBeUndefined();
  expect((await reader.versions()).items.map(({ model }) => model)).toEqual(['flights']);
});
