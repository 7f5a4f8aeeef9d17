/** A folder that came from elsewhere, as `git clone` would bring it: nothing outside of it changes, and nothing in it is believed. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from '../../../src/base/process.ts';
import { createJobId, readJobResult } from '../../../src/engine/jobs/jobFolder.ts';
import { listJobs } from '../../../src/engine/jobs/listJobs.ts';
import { reapJobs } from '../../../src/engine/jobs/reapJobs.ts';
import { readAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { change, type AuditLog } from '../../../src/engine/safety/change.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { ProjectWatch } from '../../../src/workers/projectWatch.ts';
import { startMillwright, until, writeStages } from '../../support/millwright.ts';

let base: string;
let root: string;
let victim: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'millwright-hostile-'));
  root = join(base, 'project');
  victim = join(base, 'outside');
  mkdirSync(join(root, '.millwright'), { recursive: true });
  mkdirSync(victim);
  writeFileSync(join(victim, 'file'), 'precious');
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function log(): AuditLog {
  const permissions = { environment: 'development' as const, ticket: undefined, approvedBy: undefined };
  return { root, user: 'ada', ...permissions, command: 'millwright test', jobId: undefined, secrets: [] };
}

async function changeSomething(): Promise<void> {
  await change(log(), {
    describe: { operation: 'set', resources: ['x'] },
    prepareUndo: () => undefined,
    apply: () => ({ value: undefined }),
  });
}

/** Everything outside of the project, as one text. */
function outside(): string {
  return JSON.stringify(readdirSync(victim).map((name) => [name, readFileSync(join(victim, name), 'utf8')]));
}

/** What may lie where a file of ours is expected. */
const traps: Readonly<Record<string, (path: string) => void>> = {
  'a link to a file outside': (path) => {
    symlinkSync(join(victim, 'file'), path);
  },
  'a link to a file inside': (path) => {
    writeFileSync(join(root, 'inside'), 'mine');
    symlinkSync(join(root, 'inside'), path);
  },
  'a dangling link': (path) => {
    symlinkSync(join(victim, 'made'), path);
  },
  'a link to itself': (path) => {
    symlinkSync(path, path);
  },
  'a link to an endless device': (path) => {
    symlinkSync('/dev/zero', path);
  },
  'a named pipe': (path) => {
    execFileSync('mkfifo', [path]);
  },
};

const jobId = createJobId(1);
const record = { version: 1, id: jobId, command: ['run'], title: 'x', project: '', pid: 1, startedAt: 1, user: 'eve' };

function writeJob(events: readonly unknown[] = []): string {
  const folder = join(root, '.millwright', 'jobs', jobId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'job.json'), JSON.stringify({ ...record, project: root }));
  if (events.length > 0) writeFileSync(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return folder;
}

describe.each(Object.keys(traps))('%s', (trap) => {
  it.each([
    ['.millwright/audit.log', readAuditLog, changeSomething],
    ['.millwright/audit.chain.jsonl', readAuditLog, changeSomething],
    ['.millwright/audit.pending.json', readAuditLog, changeSomething],
    ['.millwright/audit.lock', undefined, changeSomething],
    ['.millwright/.gitignore', undefined, changeSomething],
    [`.millwright/jobs/${jobId}/events.jsonl`, listJobs, undefined],
    [`.millwright/jobs/${jobId}/lock`, listJobs, undefined],
    ['.millwright/jobs', listJobs, undefined],
    ['.millwright/operations', undefined, changeSomething],
    ['mlflow.db', tracked, startTracking],
    ['mlflow.db-journal', undefined, startTracking],
  ] as const)('at %s is refused by name, and nothing outside changes', async (place, read, write) => {
    if (place.includes(jobId)) writeJob();
    const path = join(root, place);
    mkdirSync(dirname(path), { recursive: true });
    traps[trap]!(path);
    const before = outside();
    for (const use of [read, write]) {
      if (use === undefined) continue;
      await expect(use(root)).rejects.toMatchObject({ code: 'files.notPlain', message: expect.stringContaining(path) as string });
    }
    expect(outside()).toBe(before);
  });
});

async function tracked(folder: string): Promise<void> {
  await using reader = openStore({ root: folder }).tracking();
  await reader.runs();
}

async function startTracking(folder: string): Promise<void> {
  await using writer = openStoreWriter({ root: folder }).tracking();
  await writer.createRun({ experiment: 'e', name: 'r', startedAt: 1, user: 'eve' });
}

it('a job that came with a trap for a lock does not end the watch over the folder', async () => {
  symlinkSync(join(victim, 'file'), join(writeJob([{ at: 1, type: 'started' }]), 'lock'));
  writeFileSync(join(root, 'millwright.yaml'), 'name: x\n');
  const told: string[] = [];
  const watch = new ProjectWatch(root, (parts) => told.push(...parts));
  try {
    await until(() => {
      writeFileSync(join(root, 'millwright.yaml'), `name: x${String(Math.random()).slice(2)}\n`);
      return told.includes('project');
    }, 'the change of the project file');
  } finally {
    watch[Symbol.dispose]();
  }
});

describe('state that came with the folder', () => {
  it('ends no process that an events file names', async () => {
    const process = spawn('sleep', ['60']);
    try {
      const pid = process.pid!;
      const processStart = await processStartTime(pid);
      writeJob([{ at: 1, type: 'child', pid, processStartTime: processStart, mark: 'made up' }]);
      expect(await listJobs(root)).toMatchObject([{ state: 'failed', result: { error: { code: 'jobs.died' } } }]);
      expect(await reapJobs(root, ['test'])).toEqual([]);
      expect(await processStartTime(pid)).toBe(processStart);
      expect(await readJobResult(root, jobId)).toBeUndefined();
    } finally {
      process.kill('SIGKILL');
    }
  });

  it('is no undo of ours', async () => {
    await change(log(), {
      describe: { operation: 'set', resources: ['x'] },
      prepareUndo: () => ({ kind: 'thing', args: { to: 'good' } }),
      apply: () => ({ value: undefined }),
    });
    const folder = join(root, '.millwright', 'operations');
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const path = join(folder, name!);
    writeFileSync(path, readFileSync(path, 'utf8').replace('good', 'evil'));
    const performers = { thing: { prepareUndo: () => undefined, perform: () => expect.fail('performed') } };
    await expect(undoChange(log(), 2, performers)).rejects.toMatchObject({ code: 'undo.notPossible' });
  });

  it('steers no terminal by its names, whatever command shows them', async () => {
    const names = ['\u001b]0;title\u0007', '\u009b2J', '\u202eexe', 'a\rb', '\u001b]8;;https://example.org\u001b\\x'];
    writeStages(root, { nothing: { run: 'true' } });
    const tracking = openStoreWriter({ root }).tracking();
    const registry = openStoreWriter({ root }).registry();
    for (const name of names) {
      await tracking.createRun({ experiment: `e${name}`, name, startedAt: 1, user: name, tags: { 'mlflow.source.name': name } });
      await registry.createVersion({
        model: `m${name.replace(/[/:]/g, '')}`,
        source: root,
        runId: undefined,
        description: name,
        tags: {},
        createdAt: 1,
      });
      await change(
        { ...log(), user: name, command: name },
        {
          describe: { operation: name, modelName: name, resources: [name] },
          prepareUndo: () => undefined,
          apply: () => ({ value: undefined }),
        },
      );
    }
    await tracking[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    writeJob([{ at: 1, type: 'log', level: 'info', message: names.join(' ') }]);
    const commands = [
      ['runs'],
      ['models'],
      ['audit'],
      ['audit', '--json'],
      ['jobs'],
      ['status'],
      ['undo', '2'],
      ['runs', names[0]!],
      ['models', 'alias', names[2]!, names[0]!, '1'],
    ];
    for (const command of commands) {
      const { stdout, stderr } = await startMillwright(root, command, { FORCE_COLOR: '1' });

      const shown = `${String(stdout)}${String(stderr)}`.replace(/\u001b\[[\d;]*m/g, '');
      expect(shown, command.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('is read without a write', async () => {
    writeJob();
    mkdirSync(join(root, '.millwright', 'operations'));
    writeFileSync(join(root, '.millwright', 'operations', 'aaaa.lock'), '');
    writeFileSync(join(root, '.millwright', 'audit.pending.json'), JSON.stringify({ logBytes: 0, chainBytes: 0, text: 'x\n', link: {} }));
    const before = execFileSync('find', [root, '-printf', '%p %s %T@\n']).toString();
    await listJobs(root);
    await readAuditLog(root);
    expect(execFileSync('find', [root, '-printf', '%p %s %T@\n']).toString()).toBe(before);
    expect(existsSync(join(root, '.millwright', 'audit.log'))).toBe(false);
  });
});
