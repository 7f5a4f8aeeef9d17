/** What is left of a store when a writer is killed, the disk is full or the folder is read-only. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { delay } from '../../../src/base/abort.ts';
import { AppError } from '../../../src/base/errors.ts';
import { sha256 } from '../../../src/base/hash.ts';
import { isLocked, takeLock } from '../../../src/base/lock.ts';
import { runCommand } from '../../../src/base/process.ts';
import { storageProbes } from '../../../src/engine/doctor/storageProbes.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import type { RunSummary } from '../../../src/protocol/run.ts';
import { temporaryFolder } from '../../support/project.ts';
import { SqliteTrackingReader } from '../../../src/engine/tracking/sqlite/sqliteTrackingReader.ts';

const newRun = { experiment: 'flights', name: 'train', startedAt: 1000, user: 'ada' } as const;
const logRows = join(import.meta.dirname, '../../support/logRows.ts');

function startWriter(root: string, name: string): { readonly child: ChildProcess; readonly finished: string[] } {
  const child = spawn(process.execPath, ['--no-warnings', logRows, root, name, '100000', '3'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const finished: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    finished.push(...lines.map((line) => JSON.parse(line) as string));
  });
  return { child, finished };
}

/** As a writer, who may play a journal back that a killed one left. */
function checkIntegrity(root: string): void {
  const database = new DatabaseSync(join(root, 'mlflow.db'), { timeout: 5000 });
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  } finally {
    database.close();
  }
}

describe('a writer that is killed', () => {
  it('leaves a store with everything that it had finished, readable at once, 20 times over', async () => {
    const root = temporaryFolder();
    const finished: string[] = [];
    let seed = 42;
    for (let kill = 0; kill < 20; kill++) {
      const writer = startWriter(root, `writer-${kill}`);
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      while (writer.finished.length === 0) await delay(5);
      await delay(seed % 60);
      writer.child.kill('SIGKILL');
      await once(writer.child, 'close');
      finished.push(...writer.finished);
      await using reader = openStore({ root }).tracking();
      const runs = (await reader.runs()).items;
      const whole = runs.filter(({ status }) => status === 'FINISHED');
      expect(whole.map(({ id }) => id)).toEqual(expect.arrayContaining(finished));
      for (const run of whole) expect(run).toMatchObject({ params: { writer: run.tags['mlflow.user'] } });
      checkIntegrity(root);
    }
    expect(finished.length).toBeGreaterThanOrEqual(20);
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun({ ...newRun, name: 'after' });
    await using reader = openStore({ root }).tracking();
    expect((await reader.summaries({ experiment: 'flights' })).items).toHaveLength(1);
  });

  it('in the middle of a commit leaves a journal, which readers do not touch and the next writer plays back', async () => {
    const root = await storeWith(halfDone('delete'));
    expect(readdirSync(root).sort()).toEqual(['mlflow.db', 'mlflow.db-journal']);
    const torn = contentOf(root);
    await using reader = new SqliteTrackingReader(join(root, 'mlflow.db'));
    expect((await reader.summaries()).items).toMatchObject([{ name: 'train' }]);
    const revision = await reader.revision();
    expect(await reader.revision()).toBe(revision);
    expect(await storeFinding(root)).toMatchObject({ state: 'warning', detail: expect.stringContaining('a program died') as string });
    expect(contentOf(root)).toEqual(torn);
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun({ ...newRun, name: 'after' });
    expect(readdirSync(root).sort()).toEqual(['mlflow.db']);
    expect(await reader.revision()).toBeGreaterThan(revision);
    expect((await reader.summaries()).items.map(({ name }) => name).sort()).toEqual(['after', 'train']);
    expect(await storeFinding(root)).toEqual({ state: 'ok', detail: 'mlflow.db' });
    checkIntegrity(root);
  });
});

/** What `millwright doctor` says of the store. */
async function storeFinding(root: string): Promise<unknown> {
  const probe = storageProbes(root).find(({ name }) => name === 'Run stores');
  return probe?.probe(new AbortController().signal);
}

/** The files of a folder with their bytes and times. */
function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, `${statSync(join(folder, name)).mtimeMs} ${sha256(readFileSync(join(folder, name)))}`]),
  );
}

/** A store with one run, on which a script was let loose that kills itself. */
async function storeWith(script: string, root = temporaryFolder()): Promise<string> {
  await using writer = openStoreWriter({ root }).tracking();
  await writer.createRun(newRun);
  await writer[Symbol.asyncDispose]();
  const killed = runCommand(process.execPath, [
    '--no-warnings',
    '-e',
    `const { DatabaseSync } = require('node:sqlite'); ${script}`,
    join(root, 'mlflow.db'),
  ]);
  await expect(killed).rejects.toThrow(AppError);
  return root;
}

/** More changes than the cache holds: SQLite has to write pages of an open transaction into the file, or the log. */
function halfDone(mode: 'delete' | 'wal', committed = ''): string {
  return `
    const database = new DatabaseSync(process.argv[1]);
    database.exec('PRAGMA journal_mode = ${mode}');
    database.exec(${JSON.stringify(committed)});
    database.exec('PRAGMA cache_size = 5; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
    database.exec("UPDATE runs SET name = 'half-done'");
    const insert = database.prepare('INSERT INTO experiments (name, lifecycle_stage) VALUES (?, ?)');
    for (let i = 0; i < 5000; i++) insert.run('experiment ' + i, 'active');
    process.kill(process.pid, 'SIGKILL');`;
}

describe('a store that keeps a log', () => {
  const committed = "UPDATE runs SET name = 'committed in the log'";

  it.each<[string, string, string, (root: string) => void]>([
    ['that was closed', "new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode = wal'); process.exit(1);", 'train', () => undefined],
    ['whose writer was killed', halfDone('wal', committed), 'committed in the log', () => undefined],
    [
      'that came without its index',
      halfDone('wal', committed),
      'committed in the log',
      (root) => {
        rmSync(join(root, 'mlflow.db-shm'));
      },
    ],
    [
      'that came with an index of something else',
      halfDone('wal', committed),
      'committed in the log',
      (root) => {
        writeFileSync(join(root, 'mlflow.db-shm'), Buffer.alloc(32_768, 0x41));
      },
    ],
    [
      'that came without it',
      halfDone('wal', committed),
      'train',
      (root) => {
        rmSync(join(root, 'mlflow.db-wal'));
      },
    ],
    [
      'that came with a log of something else',
      halfDone('wal', committed),
      'train',
      (root) => {
        writeFileSync(join(root, 'mlflow.db-wal'), Buffer.alloc(100_000, 0x41));
      },
    ],
  ])('%s is read as it was committed, and nothing is written', async (_what, script, name, damage) => {
    const root = await storeWith(script);
    damage(root);
    const before = contentOf(root);
    await using reader = openStore({ root }).tracking();
    await using registry = openStore({ root }).registry();
    expect((await reader.summaries()).items).toMatchObject([{ name }]);
    expect((await registry.models()).items).toEqual([]);
    expect(contentOf(root)).toEqual(before);
  });

  it('is read while its writer is at it, commit by commit', async () => {
    const root = temporaryFolder();
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun(newRun);
    using database = new DatabaseSync(join(root, 'mlflow.db'));
    database.exec('PRAGMA journal_mode = wal');
    await using reader = new SqliteTrackingReader(join(root, 'mlflow.db'));
    for (const name of ['one', 'two', 'three']) {
      const before = await reader.revision();
      database.prepare('UPDATE runs SET name = ?').run(name);
      expect((await reader.summaries()).items).toMatchObject([{ name }]);
      expect(await reader.revision()).toBeGreaterThan(before);
    }
  });
});

describe('a journal that names another file', () => {
  /** The end of a journal of several databases (sqlite.org/fileformat.html): SQLite 3.40 deletes the file that it names. */
  function nameAnother(journal: string, victim: string): void {
    const name = Buffer.from(victim);
    const sum = name.reduce((total, byte) => total + byte, 0);
    const [page, length, check] = [0x40001, name.length, sum].map((number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(number);
      return bytes;
    });
    appendFileSync(journal, Buffer.concat([page!, name, length!, check!, Buffer.from('d9d505f920a163d7', 'hex')]));
  }

  it('is opened by nobody, and the other file stays', async () => {
    const root = await storeWith(halfDone('delete'));
    const victim = join(root, 'mine.txt');
    writeFileSync(victim, 'precious');
    nameAnother(join(root, 'mlflow.db-journal'), victim);
    const before = contentOf(root);
    const refused: unknown = expect.objectContaining({
      code: 'files.journalOfOthers',
      message: expect.stringContaining('mlflow.db-journal') as string,
    });
    await using reader = openStore({ root }).tracking();
    await expect(reader.summaries()).rejects.toThrow(refused);
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(refused);
    expect(await storeFinding(root)).toMatchObject({ state: 'failed', detail: expect.stringContaining('mlflow.db-journal') as string });
    expect(contentOf(root)).toEqual(before);
  });

  it('is opened beside no lock', async () => {
    const root = await storeWith(halfDone('delete'));
    const victim = join(root, 'mine.txt');
    writeFileSync(victim, 'precious');
    const path = join(root, 'some.lock');
    renameSync(join(root, 'mlflow.db'), path);
    renameSync(join(root, 'mlflow.db-journal'), `${path}-journal`);
    expect(() => isLocked(path)).toThrow(expect.objectContaining({ code: 'lock.damaged' }));
    nameAnother(`${path}-journal`, victim);
    const refused: unknown = expect.objectContaining({ code: 'files.journalOfOthers' });
    expect(() => isLocked(path)).toThrow(refused);
    await expect(takeLock(path)).rejects.toThrow(refused);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

const isRoot = process.getuid?.() === 0;

/** A file system of its own. Needs root; elsewhere the test says that it was skipped. */
async function mountedFolder(options: string): Promise<string> {
  const folder = temporaryFolder('mount');
  await runCommand('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  onTestFinished(async () => {
    await runCommand('umount', ['-l', folder]);
  });
  return folder;
}

describe('a disk that is full', () => {
  it.runIf(isRoot)('gives a clear error, keeps what was stored, and is written to again when there is room', async () => {
    const root = await mountedFolder('size=1m');
    await using writer = openStoreWriter({ root }).tracking();
    await using reader = openStore({ root }).tracking();
    const run = (await reader.summaries()).items[0] ?? (await writer.createRun(newRun));
    const log = async (index: number): Promise<void> => writer.log(run.id, { tags: { [`tag ${index}`]: 'x'.repeat(8000) } });
    let stored = 0;
    const failure = await (async (): Promise<unknown> => {
      for (;;) {
        try {
          await log(stored);
        } catch (error) {
          return error;
        }
        stored++;
      }
    })();
    expect(failure).toMatchObject({ code: 'files.diskFull', kind: 'environment' });
    expect((failure as AppError).message).toContain(join(root, 'mlflow.db'));
    expect(Object.keys((await reader.run(run.id))?.tags ?? {}).filter((key) => key.startsWith('tag'))).toHaveLength(stored);
    checkIntegrity(root);
    await expect(writer.logArtifact(run.id, process.execPath, 'node')).rejects.toThrow(expect.objectContaining({ code: 'files.diskFull' }));
    expect(readdirSync(run.artifactUri)).toEqual([]);
    await runCommand('mount', ['-o', 'remount,size=4m', root]);
    await log(stored);
    expect((await reader.run(run.id))?.tags).toHaveProperty(`tag ${stored}`);
  });

  it.runIf(isRoot)('has no room for a store at all', async () => {
    const root = await mountedFolder('size=64k');
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(expect.objectContaining({ code: 'files.diskFull' }));
    expect(readdirSync(root)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('or a limit on file sizes keeps what was stored', async () => {
    const root = temporaryFolder();
    await using writer = openStoreWriter({ root }).tracking();
    await writer.createRun(newRun);
    const script = `ulimit -f 270; trap '' XFSZ; exec "$0" --no-warnings "$@"`;
    const limited = runCommand('bash', ['-c', script, process.execPath, logRows, root, 'limited', '100000', '3']);
    await expect(limited).rejects.toThrow(AppError);
    await using reader = openStore({ root }).tracking();
    const runs = (await reader.runs({ experiment: 'shared' })).items;
    expect(runs.length).toBeGreaterThan(5);
    checkIntegrity(root);
    await writer.createRun(newRun);
  });
});

describe('a folder that is read-only', () => {
  it.runIf(isRoot)('is read, and gives a clear error to writers', async () => {
    const root = await mountedFolder('size=4m');
    const run = await (async (): Promise<RunSummary> => {
      await using writer = openStoreWriter({ root }).tracking();
      return await writer.createRun(newRun);
    })();
    await runCommand('mount', ['-o', 'remount,ro', root]);
    await using reader = openStore({ root }).tracking();
    expect((await reader.runs()).items).toHaveLength(1);
    await using writer = openStoreWriter({ root }).tracking();
    const refused: unknown = expect.objectContaining({ code: 'files.notWritable', kind: 'environment' });
    await expect(writer.createRun(newRun)).rejects.toThrow(refused);
    await expect(writer.log(run.id, { tags: { a: 'b' } })).rejects.toThrow(refused);
    await expect(writer.logArtifact(run.id, logRows, 'a.ts')).rejects.toThrow(refused);
    expect((await reader.runs()).items).toHaveLength(1);
  });

  it.runIf(isRoot).each<[string, string, string]>([
    ['a journal of a killed writer', halfDone('delete'), 'train'],
    ['a log of a killed writer', halfDone('wal'), 'train'],
    ['a log that was closed', "new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode = wal'); process.exit(1);", 'train'],
  ])('is read with %s', async (_what, script, name) => {
    const root = await storeWith(script, await mountedFolder('size=32m'));
    await runCommand('mount', ['-o', 'remount,ro', root]);
    await using reader = openStore({ root }).tracking();
    expect((await reader.summaries()).items).toMatchObject([{ name }]);
  });

  it.runIf(isRoot)('gives a clear error where there is no store yet', async () => {
    const root = await mountedFolder('size=4m,ro');
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun(newRun)).rejects.toThrow(expect.objectContaining({ code: 'files.notWritable' }));
  });
});
