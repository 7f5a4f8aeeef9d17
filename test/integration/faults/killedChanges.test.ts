/**
 * Kills `millwright undo` and `millwright models alias` at random moments and right after one of their writes. Whatever was killed,
 * and when: nothing happened, or it happened and can be taken back, and the audit log tells which.
 */
import { existsSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { reapJobs } from '../../../src/engine/jobs/reapJobs.ts';
import { keepFiles } from '../../../src/engine/pipeline/undo/keptFiles.ts';
import { undoPerformers, undoStates } from '../../../src/engine/pipeline/undo/undoPerformers.ts';
import { deleteAlias, setAlias } from '../../../src/engine/stores/aliases.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { change, type AuditLog } from '../../../src/engine/safety/change.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { killAll, pause } from '../../support/kills.ts';
import { startMillwright, writeStages } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';
import { sweep } from '../../support/sweep.ts';
import { random as randomStream } from '../../support/trainingProject.ts';

const kills = sweep({ sample: 8, whole: 200 });
const seed = Number(process.env.MILLWRIGHT_KILL_SEED ?? Date.now() % 1_000_000);
/** The longest wait before a kill that comes at a random moment: such a command takes about this long. */
const longestMs = 1200;
/** More writes than any of these commands makes. */
const mostWrites = 30;

const alias = { model: 'tiny', alias: 'champion' };
const files = ['first.txt', 'second.txt'] as const;
/** What the environment gives to the commands and to this test alike. */
const user = { user: 'ada', environment: 'development' as const, ticket: undefined, approvedBy: undefined, jobId: undefined, secrets: [] };

function logOf(root: string): AuditLog {
  return { ...user, root, command: 'millwright test' };
}

async function writeProject(root: string): Promise<void> {
  writeStages(root, {});
  for (const name of files) writeFileSync(join(root, name), 'at first');
  await using registry = openStoreWriter({ root }).registry();
  for (let version = 1; version <= 3; version++) {
    await registry.createVersion({
      model: alias.model,
      source: join(root, 'mlruns'),
      createdAt: version,
      runId: undefined,
      description: undefined,
      tags: {},
    });
  }
  await setAlias(logOf(root), { ...alias, version: 1 });
}

interface State {
  readonly version: number | undefined;
  readonly contents: readonly string[];
}

async function stateOf(root: string): Promise<State> {
  await using registry = openStore({ root }).registry();
  const version = (await registry.alias(alias.model, alias.alias))?.version;
  return { version, contents: files.map((name) => readFileSync(join(root, name), 'utf8')) };
}

/** A change of files like that of a prediction. */
async function changeFiles(root: string, content: string): Promise<void> {
  await change(logOf(root), {
    describe: { operation: 'predict', resources: [...files] },
    prepareUndo: (id) =>
      keepFiles(
        root,
        files.map((name) => join(root, name)),
        id,
      ),
    apply: () => {
      for (const name of files) writeFileSync(join(root, name), content);
      return { value: undefined };
    },
  });
}

/** The command of a round, and what it comes to where nobody kills it. */
interface Round {
  readonly args: readonly string[];
  readonly goal: State;
}

async function prepareRound(root: string, round: number): Promise<Round> {
  const before = await stateOf(root);
  const version = ((before.version ?? 0) % 3) + 1;
  const undoLast = async (): Promise<Round> => ({ args: ['undo', String((await readAuditLog(root)).at(-1)!.line)], goal: before });
  switch (round % 5) {
    case 0:
      return { args: ['models', 'alias', alias.model, alias.alias, String(version)], goal: { ...before, version } };
    case 1:
      return { args: ['models', 'alias', alias.model, alias.alias, '--delete'], goal: { ...before, version: undefined } };
    case 2:
      await setAlias(logOf(root), { ...alias, version });
      return undoLast();
    case 3:
      await deleteAlias(logOf(root), alias);
      return undoLast();
    default:
      await changeFiles(root, `of round ${round}`);
      return undoLast();
  }
}

/** Starts a command and kills it: after some time, or after so many of the changes that it makes to the folders of its state. */
async function killOnce(root: string, args: readonly string[], random: () => number): Promise<boolean> {
  const command = startMillwright(root, args);
  const kill = (): void => {
    killAll([command.pid ?? 0]);
  };
  const end = command.then(() => undefined);
  if (random() < 0.3) {
    await Promise.race([pause(random() * longestMs).then(kill), end]);
  } else {
    let writes = Math.floor(random() * mostWrites);
    const watchers = [root, join(root, '.millwright'), join(root, '.millwright', 'operations')].map((folder) =>
      watch(folder, () => {
        if (writes-- === 0) kill();
      }),
    );
    await end;
    for (const watcher of watchers) watcher.close();
  }
  return (await command).signal === 'SIGKILL';
}

/** What the audit log says of the command, once the next command has ended what it left behind; then takes it back where it says so. */
async function checkRound(
  root: string,
  { before, goal, lines: known }: { before: State; goal: State; lines: number },
  context: string,
): Promise<void> {
  await reapJobs(root, ['test'], undoStates(root));
  expect(await verifyAuditLog(root), context).toEqual([]);
  const lines = (await readAuditLog(root)).slice(known);
  const after = await stateOf(root);
  expect(lines.length === 0 || lines.length === 2, `${context}: ${JSON.stringify(lines)}`).toBe(true);
  const end = lines[1];
  if (end?.entry.outcome === 'success') expect(after, context).toEqual(goal);
  if (end?.entry.rollback_available === true) {
    await undoChange(logOf(root), end.line, undoPerformers(root));
    expect(await stateOf(root), `${context}, taken back`).toEqual(before);
  } else {
    expect(after, `${context}: ${JSON.stringify(end?.entry)}`).toEqual(before);
  }
  const operations = readdirSync(join(root, '.millwright', 'operations'));
  expect(
    operations.filter((name) => /\.(tmp|lock)$/.test(name)),
    context,
  ).toEqual([]);
}

describe('kill -9', () => {
  it.concurrent.each([0, 1])(
    `of undo and of alias moves (seed ${seed}, project %i) leaves nothing half done that is not said and cannot be taken back`,
    async (project) => {
      const random = randomStream(seed + project);
      const root = makeFolder('killed changes');
      await writeProject(root);
      for (let round = 0, killed = 0; killed < kills / 2; round++) {
        const { args, goal } = await prepareRound(root, round);
        const before = await stateOf(root);
        const lines = (await readAuditLog(root)).length;
        if (await killOnce(root, args, random)) killed++;
        await checkRound(root, { before, goal, lines }, `seed ${seed}, project ${project}, round ${round}, ${args.join(' ')}`);
      }
      const database = new DatabaseSync(join(root, 'mlflow.db'));
      expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      database.close();
      expect(existsSync(join(root, '.millwright', 'audit.pending.json'))).toBe(false);
      rmSync(root, { recursive: true, force: true });
    },
    1_800_000, // a few minutes on two idle cores
  );
});

describe('undo twice at once', () => {
  it('happens once, and the other says why not', async () => {
    const root = makeFolder('undone twice');
    await writeProject(root);
    for (let round = 0; round < sweep({ sample: 1, whole: 10 }); round++) {
      await changeFiles(root, `of round ${round}`);
      const line = String((await readAuditLog(root)).at(-1)!.line);
      const both = await Promise.all([startMillwright(root, ['undo', line]), startMillwright(root, ['undo', line])]);
      const refused = both.filter(({ exitCode }) => exitCode !== 0);
      expect(
        refused
          .map(({ stderr }) => /\[(undo\.\w+)\]/.exec(String(stderr))?.[1])
          .filter((code) => code !== 'undo.alreadyDone' && code !== 'undo.busy'),
      ).toEqual([]);
      expect(refused.length).toBe(1);
      expect((await stateOf(root)).contents).toEqual(['at first', 'at first']);
    }
    rmSync(root, { recursive: true, force: true });
  });
});
