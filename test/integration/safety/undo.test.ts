/** Undo in the terminal, on real files and a real store, after something came in between: what it says, and what is there then. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { keepFiles } from '../../../src/engine/pipeline/undo/keptFiles.ts';
import { deleteAlias, setAlias } from '../../../src/engine/stores/aliases.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { change } from '../../../src/engine/safety/change.ts';
import { undoLog } from '../../support/auditLog.ts';
import { startMillwright, writeStages } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';

function project(): string {
  const root = temporaryFolder('undo');
  writeStages(root, { nothing: { run: 'true' } });
  return root;
}

interface Answer {
  readonly code: number | undefined;
  readonly text: string;
}

async function undo(root: string, line: number, ...more: string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await startMillwright(root, ['undo', String(line), ...more], { NO_COLOR: '1' });
  return { code: exitCode, text: `${String(stdout)}${String(stderr)}` };
}

async function writeOver(root: string, content: string): Promise<void> {
  const path = join(root, 'out.csv');
  await change(undoLog(root), {
    describe: { operation: 'predict', resources: ['out.csv'] },
    prepareUndo: async (id) => keepFiles(root, [path], id),
    apply: () => {
      writeFileSync(path, content);
      return { value: undefined };
    },
  });
}

const contentOf = (root: string): string => readFileSync(join(root, 'out.csv'), 'utf8');

describe('undo of a file', () => {
  it('takes back nothing that somebody made since, unless told to, and never loses it', async () => {
    const root = project();
    await writeOver(root, 'first');
    await writeOver(root, 'second');
    writeFileSync(join(root, 'out.csv'), 'by hand');
    const refused = await undo(root, 4);
    expect(refused.code).toBe(3);
    expect(refused.text).toContain('What line 4 (predict) left is no longer there. Something else than Millwright changed it since.');
    expect(refused.text).toContain('With --force it is taken back all the same');
    expect(contentOf(root)).toBe('by hand');
    expect(await undo(root, 4, '--force')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Took back predict of line 4') as string,
    });
    expect(contentOf(root)).toBe('first');
    expect(await undo(root, 4)).toMatchObject({ code: 3, text: expect.stringContaining('was already undone by line 6') as string });
    expect((await undo(root, 6)).code).toBe(0);
    expect(contentOf(root)).toBe('by hand');
    expect(await verifyAuditLog(root)).toEqual([]);
  });

  it('names the line and the person that changed it since', async () => {
    const root = project();
    await writeOver(root, 'first');
    await writeOver(root, 'second');
    const refused = await undo(root, 2);
    expect(refused).toMatchObject({ code: 3, text: expect.stringMatching(/Line 4 changed it since \(predict, by \w+\)\./) as string });
    expect(contentOf(root)).toBe('second');
  });

  it('happens once, whoever is quicker of several processes', async () => {
    const root = project();
    await writeOver(root, 'first');
    await writeOver(root, 'second');
    const answers = await Promise.all([undo(root, 4), undo(root, 4), undo(root, 3)]);
    const codes = answers.map(({ code }) => code);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(codes.filter((code) => code !== 0 && code !== 3 && code !== 5)).toEqual([]);
    expect(contentOf(root)).toBe('first');
    const undone = (await readAuditLog(root)).filter(({ entry }) => entry.operation === 'undo' && entry.outcome === 'success');
    expect(undone).toHaveLength(1);
  });

  it.each<[string, (folder: string, id: string) => void, string]>([
    [
      'the kept copy is gone',
      (folder, id) => {
        rmSync(join(folder, id), { recursive: true });
      },
      'which is no longer there',
    ],
    [
      'the kept copy was changed',
      (folder, id) => {
        appendFileSync(join(folder, id, 'earlier0'), '!');
      },
      'which somebody has changed since',
    ],
    [
      'its record is gone',
      (folder, id) => {
        rmSync(join(folder, `${id}.json`));
      },
      'is gone, or you did not prepare it on this machine',
    ],
    [
      'its record is torn',
      (folder, id) => {
        writeFileSync(join(folder, `${id}.json`), '{"version":1,');
      },
      'is gone, or you did not prepare it on this machine',
    ],
  ])('changes nothing where %s', async (_what, damage, words) => {
    const root = project();
    await writeOver(root, 'first');
    await writeOver(root, 'second');
    const id = (await readAuditLog(root)).at(-1)!.operationId;
    damage(join(root, '.millwright/operations'), id);
    expect(await undo(root, 4)).toMatchObject({ code: 3, text: expect.stringContaining(words) as string });
    expect(contentOf(root)).toBe('second');
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('knows no line that is not there', async () => {
    const root = project();
    await writeOver(root, 'first');
    expect(await undo(root, 99)).toMatchObject({ code: 2, text: expect.stringContaining('The audit log has no line 99.') as string });
  });
});

describe('undo of an alias', () => {
  async function registered(): Promise<string> {
    const root = project();
    await using writer = openStoreWriter({ root }).registry();
    for (const createdAt of [1, 2, 3])
      await writer.createVersion({
        model: 'm',
        source: join(root, 'mlruns'),
        runId: undefined,
        description: undefined,
        tags: {},
        createdAt,
      });
    await setAlias(undoLog(root), { model: 'm', alias: 'champion', version: 1 });
    await setAlias(undoLog(root), { model: 'm', alias: 'champion', version: 2 });
    return root;
  }

  async function champion(root: string): Promise<number | undefined> {
    await using reader = openStore({ root }).registry();
    return (await reader.alias('m', 'champion'))?.version;
  }

  it('that another program moved since is refused, and done when insisted on', async () => {
    const root = await registered();
    {
      using database = new DatabaseSync(join(root, 'mlflow.db'));
      database.exec("UPDATE registered_model_aliases SET version = 3 WHERE alias = 'champion'");
    }
    const refused = await undo(root, 4);
    expect(refused).toMatchObject({ code: 3, text: expect.stringContaining('Something else than Millwright changed it since.') as string });
    expect(await champion(root)).toBe(3);
    expect((await undo(root, 4, '--force')).code).toBe(0);
    expect(await champion(root)).toBe(1);
    expect((await undo(root, 6)).code).toBe(0);
    expect(await champion(root)).toBe(3);
  });

  it('that was moved, or taken away, by a later line names it', async () => {
    const root = await registered();
    expect(await undo(root, 2)).toMatchObject({ code: 3, text: expect.stringContaining('Line 4 changed it since (alias.set') as string });
    await deleteAlias(undoLog(root), { model: 'm', alias: 'champion' });
    expect(await undo(root, 4)).toMatchObject({
      code: 3,
      text: expect.stringContaining('Line 6 changed it since (alias.delete') as string,
    });
    expect(await champion(root)).toBeUndefined();
  });

  it('whose version was deleted since leaves the alias where it is, and says so', async () => {
    const root = await registered();
    {
      await using writer = openStoreWriter({ root }).registry();
      await writer.deleteVersion('m', 1);
    }
    const failed = await undo(root, 4);
    expect(failed.code).toBe(3);
    expect(failed.text).toMatch(/version 1|1 of m/i);
    expect(await champion(root)).toBe(2);
    const last = (await readAuditLog(root)).at(-1)!.entry;
    expect(last).toMatchObject({ operation: 'undo', outcome: 'failure', rollback_available: false });
    expect(await verifyAuditLog(root)).toEqual([]);
  });
});
