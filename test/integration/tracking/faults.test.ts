/** What is left of a store when a writer is killed, the disk is full or the folder is read-only. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { delay } from '../../../src/base/abort.ts';
import { AppError } from '../../../src/base/errors.ts';
import { runCommand } from '../../../src/base/process.ts';
import { openTrackingReader } from '../../../src/engine/tracking/openTracking.ts';
import { openTrackingWriter } from '../../../src/engine/tracking/trackingWriter.ts';
import type { RunSummary } from '../../../src/protocol/run.ts';
import { temporaryFolder } from '../../support/project.ts';

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

function checkIntegrity(root: string): void {
  const database = new DatabaseSync(join(root, 'mlflow.db'), { readOnly: true, timeout: 5000 });
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
      using reader = openTrackingReader(root)!;
      const runs = await reader.runs();
      const whole = runs.filter(({ status }) => status === 'FINISHED');
      expect(whole.map(({ id }) => id)).toEqual(expect.arrayContaining(finished));
      for (const run of whole) expect(run).toMatchObject({ params: { writer: run.tags['mlflow.user'] } });
      checkIntegrity(root);
    }
    expect(finished.length).toBeGreaterThanOrEqual(20);
    using writer = openTrackingWriter(root);
    await writer.createRun({ ...newRun, name: 'after' });
    using reader = openTrackingReader(root)!;
    expect(await reader.summaries({ experiment: 'flights' })).toHaveLength(1);
  });

  it('in the middle of a commit leaves a journal, which a trusted reader plays back and an untrusted one does not touch', async () => {
    const root = temporaryFolder();
    using writer = openTrackingWriter(root);
    await writer.createRun(newRun);
    // More changes than the cache holds: SQLite has to write pages of an open transaction into the file.
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(process.argv[1]);
      database.exec('PRAGMA cache_size = 5; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
      database.exec("UPDATE runs SET name = 'half-done'");
      const insert = database.prepare('INSERT INTO experiments (name, lifecycle_stage) VALUES (?, ?)');
      for (let i = 0; i < 5000; i++) insert.run('experiment ' + i, 'active');
      process.kill(process.pid, 'SIGKILL');`;
    await expect(runCommand(process.execPath, ['--no-warnings', '-e', script, join(root, 'mlflow.db')])).rejects.toThrow(AppError);
    expect(existsSync(join(root, 'mlflow.db-journal'))).toBe(true);
    const torn = readFileSync(join(root, 'mlflow.db'));

    using untrusted = openTrackingReader(root, { mayRecover: false })!;
    await expect(untrusted.summaries()).rejects.toThrow(expect.objectContaining({ code: 'tracking.unfinished' }));
    expect(readFileSync(join(root, 'mlflow.db'))).toEqual(torn);

    using reader = openTrackingReader(root)!;
    expect(await reader.summaries()).toMatchObject([{ name: 'train' }]);
    expect(readdirSync(root)).toEqual(['mlflow.db']);
    expect(await untrusted.summaries()).toHaveLength(1);
    checkIntegrity(root);
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
    using writer = openTrackingWriter(root);
    using reader = openTrackingReader(root) ?? (await writer.createRun(newRun), openTrackingReader(root)!);
    const run = (await reader.summaries())[0]!;
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
    using writer = openTrackingWriter(root);
    await expect(writer.createRun(newRun)).rejects.toThrow(expect.objectContaining({ code: 'files.diskFull' }));
    expect(readdirSync(root)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('or a limit on file sizes keeps what was stored', async () => {
    const root = temporaryFolder();
    using writer = openTrackingWriter(root);
    await writer.createRun(newRun);
    const script = `ulimit -f 270; trap '' XFSZ; exec "$0" --no-warnings "$@"`;
    const limited = runCommand('bash', ['-c', script, process.execPath, logRows, root, 'limited', '100000', '3']);
    await expect(limited).rejects.toThrow(AppError);
    using reader = openTrackingReader(root)!;
    const runs = await reader.runs({ experiment: 'shared' });
    expect(runs.length).toBeGreaterThan(5);
    checkIntegrity(root);
    await writer.createRun(newRun);
  });
});

describe('a folder that is read-only', () => {
  it.runIf(isRoot)('is read, and gives a clear error to writers', async () => {
    const root = await mountedFolder('size=4m');
    const run = await (async (): Promise<RunSummary> => {
      using writer = openTrackingWriter(root);
      return await writer.createRun(newRun);
    })();
    await runCommand('mount', ['-o', 'remount,ro', root]);
    using reader = openTrackingReader(root)!;
    expect(await reader.runs()).toHaveLength(1);
    using writer = openTrackingWriter(root);
    const refused: unknown = expect.objectContaining({ code: 'files.notWritable', kind: 'environment' });
    await expect(writer.createRun(newRun)).rejects.toThrow(refused);
    await expect(writer.log(run.id, { tags: { a: 'b' } })).rejects.toThrow(refused);
    await expect(writer.logArtifact(run.id, logRows, 'a.ts')).rejects.toThrow(refused);
    expect(await reader.runs()).toHaveLength(1);
  });

  it.runIf(isRoot)('gives a clear error where there is no store yet', async () => {
    const root = await mountedFolder('size=4m,ro');
    using writer = openTrackingWriter(root);
    await expect(writer.createRun(newRun)).rejects.toThrow(expect.objectContaining({ code: 'files.notWritable' }));
  });
});
