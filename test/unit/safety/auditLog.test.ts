import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { Environment } from '../../../src/protocol/audit.ts';
import { chainOrigin, linkHash } from '../../../src/engine/safety/auditChain.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { change, closeAbandonedChanges, type AuditLog } from '../../../src/engine/safety/change.ts';
import { loadOwnOperation, lockOperation, saveOperation } from '../../../src/engine/safety/operations.ts';
import { undoChange, type UndoPerformers } from '../../../src/engine/safety/undo.ts';
import { headPath } from '../../../src/engine/safety/auditHead.ts';
import { appendAuditEntry } from '../../../src/engine/safety/auditLog.ts';

const keys = [
  'timestamp',
  'user',
  'change_ticket',
  'environment',
  'operation',
  'model_name',
  'model_version',
  'command',
  'outcome',
  'resources_affected',
  'rollback_available',
  'duration_seconds',
  'metrics',
  'error_detail',
];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millwright-audit-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function log(over: Partial<AuditLog> = {}): AuditLog {
  return {
    root,
    user: 'ada',
    environment: 'development',
    ticket: undefined,
    approvedBy: undefined,
    command: 'millwright run',
    jobId: undefined,
    secrets: [],
    ...over,
  };
}

const noUndo = (): undefined => undefined;
const audit = (): string => join(root, '.millwright', 'audit.log');

async function setting(over: Partial<AuditLog> = {}, name = 'x'): Promise<void> {
  await change(log(over), {
    describe: { operation: 'set', modelName: 'flights', resources: [name] },
    prepareUndo: noUndo,
    apply: () => ({ value: undefined, modelVersion: '3', metrics: { roc_auc: 0.7, broken: NaN } }),
  });
}

describe('change', () => {
  it('writes a line before and a line after, in exactly the keys and order of the contract', async () => {
    await setting();
    const lines = (await readFile(audit(), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => Object.keys(line))).toEqual([keys, keys]);
    expect(lines[0]).toMatchObject({
      outcome: 'started',
      model_name: 'flights',
      model_version: null,
      duration_seconds: null,
      metrics: null,
      error_detail: null,
    });
    expect(lines[1]).toMatchObject({ outcome: 'success', model_version: '3', metrics: { roc_auc: 0.7 }, error_detail: null });
    expect(lines[1]!.timestamp).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const [before, after] = await readAuditLog(root);
    expect(before!.operationId).toBe(after!.operationId);
    expect(await verifyAuditLog(root)).toEqual([]);
  });

  it('stores the undo before the first line is written', async () => {
    const seen: string[] = [];
    await change(log(), {
      describe: { operation: 'set', resources: [] },
      prepareUndo: async (id) => {
        seen.push(`prepare ${(await readAuditLog(root)).length}`);
        return { kind: 'thing', args: { id } };
      },
      apply: async (id) => {
        seen.push(`apply ${(await readAuditLog(root)).length} ${(await loadOwnOperation(root, id))?.undo?.kind}`);
        return { value: undefined };
      },
    });
    expect(seen).toEqual(['prepare 0', 'apply 1 thing']);
  });

  it('records a failure with its detail, and passes the failure on', async () => {
    const failure = new AppError('thing.broke', 'It broke.');
    await expect(
      change(log(), { describe: { operation: 'set', resources: [] }, prepareUndo: noUndo, apply: () => Promise.reject(failure) }),
    ).rejects.toBe(failure);
    expect((await readAuditLog(root)).at(-1)!.entry).toMatchObject({ outcome: 'failure', error_detail: 'thing.broke: It broke.' });
  });

  it('records a cancellation as a failure named cancelled', async () => {
    const cancelled = new CancelledError();
    await expect(
      change(log(), { describe: { operation: 'set', resources: [] }, prepareUndo: noUndo, apply: () => Promise.reject(cancelled) }),
    ).rejects.toBe(cancelled);
    expect((await readAuditLog(root)).at(-1)!.entry).toMatchObject({ outcome: 'failure', error_detail: 'cancelled' });
  });

  it('masks values of the environment wherever they appear', async () => {
    const secrets = ['hunter2-token'];
    await expect(
      change(log({ secrets, command: 'millwright run --set k=hunter2-token' }), {
        describe: { operation: 'set', resources: ['https://hunter2-token@host'] },
        prepareUndo: noUndo,
        apply: () => Promise.reject(new Error('login with hunter2-token failed')),
      }),
    ).rejects.toThrow();
    expect(await readFile(audit(), 'utf8')).not.toContain('hunter2');
  });

  it.each<[Environment, Partial<AuditLog>, string | undefined]>([
    ['homelab', {}, undefined],
    ['development', {}, undefined],
    ['staging', {}, 'safety.ticketMissing'],
    ['staging', { ticket: 'CHG-1' }, undefined],
    ['production', {}, 'safety.ticketMissing'],
    ['production', { ticket: 'CHG-1' }, 'safety.approvalMissing'],
    ['production', { ticket: 'CHG-1', approvedBy: 'grace' }, undefined],
  ])('asks in %s with %o for what is missing: %s', async (environment, given, code) => {
    const outcome = setting({ environment, ...given });
    if (code === undefined) {
      await outcome;
      expect((await readAuditLog(root))[0]!.entry.change_ticket ?? '').toContain(given.ticket ?? '');
    } else {
      await expect(outcome).rejects.toMatchObject({ code, kind: 'usage' });
      expect(await readAuditLog(root)).toEqual([]);
    }
  });
});

describe('the log on disk', () => {
  it.each<[string, (text: string) => string, string]>([
    ['an edit', (text) => text.replace('"ada"', '"eve"'), 'edited'],
    ['a deletion', (text) => text.split('\n').toSpliced(1, 1).join('\n'), 'deleted'],
    ['a truncation', (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`, 'truncated'],
    ['an insertion', (text) => text.split('\n').toSpliced(1, 0, text.split('\n')[0]!).join('\n'), 'inserted'],
  ])('shows %s', async (_what, tamper, fault) => {
    await setting();
    await setting();
    await writeFile(audit(), tamper(await readFile(audit(), 'utf8')));
    expect((await verifyAuditLog(root)).map((found) => found.fault)).toContain(fault);
    await setting();
    expect(await verifyAuditLog(root)).not.toEqual([]); // appending does not heal it
  });

  it('goes on after a torn last line of a writer that died', async () => {
    await setting();
    await appendFile(audit(), '{"timestamp":"2026');
    await setting();
    expect((await readAuditLog(root)).length).toBe(4);
    expect(await verifyAuditLog(root)).toEqual([{ fault: 'inserted', line: 3 }]);
  });

  it.each([0, 1, 10, 200])('finishes an append that died with %i bytes of its line written', async (bytes) => {
    await setting();
    const [text, chain] = await Promise.all([readFile(audit(), 'utf8'), readFile(join(root, '.millwright', 'audit.chain.jsonl'), 'utf8')]);
    const head = await readFile(headPath(root));
    await setting();
    await writeFile(headPath(root), head); // it moves last
    const lines = (await readFile(audit(), 'utf8')).split('\n');
    const link = JSON.parse((await readFile(join(root, '.millwright', 'audit.chain.jsonl'), 'utf8')).split('\n')[2]!) as object;
    const pending = { logBytes: text.length, chainBytes: chain.length, text: `${lines[2]!}\n`, link };
    await truncate(audit(), text.length + bytes);
    await truncate(join(root, '.millwright', 'audit.chain.jsonl'), chain.length);
    await writeFile(join(root, '.millwright', 'audit.pending.json'), JSON.stringify(pending));
    expect(await verifyAuditLog(root)).toEqual([]);
    expect((await readAuditLog(root)).length).toBe(3);
    expect(existsSync(join(root, '.millwright', 'audit.pending.json'))).toBe(true); // reading wrote nothing
    await setting();
    expect((await readAuditLog(root)).length).toBe(5);
    expect(await verifyAuditLog(root)).toEqual([]);
  });

  it.each(['log', 'chain', 'both'])('shows that lines were cut off %s', async (what) => {
    await setting();
    await setting();
    const files = [audit(), join(root, '.millwright', 'audit.chain.jsonl')];
    const cut = what === 'log' ? files.slice(0, 1) : what === 'chain' ? files.slice(1) : files;
    for (const file of cut) await writeFile(file, `${(await readFile(file, 'utf8')).split('\n').slice(0, 2).join('\n')}\n`);
    expect(await verifyAuditLog(root)).not.toEqual([]);
    await setting();
    expect(await verifyAuditLog(root)).not.toEqual([]); // going on does not hide it
  });

  it('shows that log and chain were removed', async () => {
    await setting();
    await rm(join(root, '.millwright'), { recursive: true });
    expect(await verifyAuditLog(root)).toEqual([{ fault: 'truncated', line: 2 }]);
  });

  it.each(['operation_id', 'line'])('shows that %s of a link was changed', async (key) => {
    await setting();
    await setting();
    const chain = join(root, '.millwright', 'audit.chain.jsonl');
    const links = (await readFile(chain, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    const [first, second] = [links[1]![key], links[3]![key]];
    links[1]![key] = second;
    links[3]![key] = first;
    await writeFile(chain, `${links.map((link) => JSON.stringify(link)).join('\n')}\n`);
    expect(await verifyAuditLog(root)).not.toEqual([]);
  });

  it('believes no pending append that the files do not end in, and takes nothing away for one', async () => {
    await setting();
    const before = await readFile(audit(), 'utf8');
    const link = { line: 1, operation_id: 'x', hash: '00' };
    await writeFile(
      join(root, '.millwright', 'audit.pending.json'),
      JSON.stringify({ logBytes: 0, chainBytes: 0, text: 'made up\n', link }),
    );
    expect((await readAuditLog(root)).length).toBe(2);
    await setting();
    expect((await readFile(audit(), 'utf8')).startsWith(before)).toBe(true);
    expect(await verifyAuditLog(root)).toEqual([]);
  });

  describe('of four changes', () => {
    interface Files {
      readonly lines: readonly string[];
      readonly links: readonly string[];
    }
    type Tamper = (files: Files, a: number, b: number) => Files;
    const swapped = (texts: readonly string[], a: number, b: number): string[] => texts.with(a, texts[b]!).with(b, texts[a]!);
    const exchanged =
      (key: 'line' | 'operation_id' | 'hash'): Tamper =>
      ({ lines, links }, a, b) => {
        const parsed = links.map((text) => JSON.parse(text) as Record<string, unknown>);
        const [first, second] = [parsed[a]![key], parsed[b]![key]];
        return {
          lines,
          links: parsed.map((link, index) =>
            JSON.stringify(index === a ? { ...link, [key]: second } : index === b ? { ...link, [key]: first } : link),
          ),
        };
      };
    /** As if everything after a line had been written anew, by somebody who knows how. */
    const rechained: Tamper = ({ lines, links }, a) => {
      const edited = lines.with(a, lines[a]!.replace('"ada"', '"eve"'));
      let previous = chainOrigin;
      const made = edited.map((text, index) => {
        const { line, operation_id } = JSON.parse(links[index]!) as { line: number; operation_id: string };
        previous = linkHash(previous, { line, operation_id }, text);
        return JSON.stringify({ line, operation_id, hash: previous });
      });
      return { lines: edited, links: made };
    };
    const tampers: Readonly<Record<string, Tamper>> = {
      'a sign of a line was changed': ({ lines, links }, a) => ({ lines: lines.with(a, lines[a]!.replace('2', '3')), links }),
      'a line was taken out': ({ lines, links }, a) => ({ lines: lines.toSpliced(a, 1), links }),
      'a line and its link were taken out': ({ lines, links }, a) => ({ lines: lines.toSpliced(a, 1), links: links.toSpliced(a, 1) }),
      'a line was doubled': ({ lines, links }, a) => ({ lines: lines.toSpliced(a, 0, lines[a]!), links }),
      'a line and its link were doubled': ({ lines, links }, a) => ({
        lines: lines.toSpliced(a, 0, lines[a]!),
        links: links.toSpliced(a, 0, links[a]!),
      }),
      'two lines changed places': ({ lines, links }, a, b) => ({ lines: swapped(lines, a, b), links }),
      'two lines changed places with their links': ({ lines, links }, a, b) => ({
        lines: swapped(lines, a, b),
        links: swapped(links, a, b),
      }),
      'two links changed places': ({ lines, links }, a, b) => ({ lines, links: swapped(links, a, b) }),
      'the log was cut': ({ lines, links }, a) => ({ lines: lines.slice(0, a), links }),
      'the chain was cut': ({ lines, links }, a) => ({ lines, links: links.slice(0, a) }),
      'both were cut': ({ lines, links }, a) => ({ lines: lines.slice(0, a), links: links.slice(0, a) }),
      'operations were exchanged': exchanged('operation_id'),
      'numbers of lines were exchanged': exchanged('line'),
      'hashes were exchanged': exchanged('hash'),
      'a link is no JSON': ({ lines, links }, a) => ({ lines, links: links.with(a, '{"line":') }),
      'the line ends are those of Windows': ({ lines, links }) => ({ lines: lines.map((text) => `${text}\r`), links }),
      'a line was changed and everything after it chained anew': rechained,
    };

    it.each(Object.entries(tampers))('shows that %s, at any line, also after it went on', async (_what, tamper) => {
      for (const name of ['a', 'b', 'c', 'd']) await setting({}, name);
      const chain = join(root, '.millwright', 'audit.chain.jsonl');
      const split = async (path: string): Promise<string[]> => (await readFile(path, 'utf8')).trimEnd().split('\n');
      const whole = { lines: await split(audit()), links: await split(chain) };
      const write = async ({ lines, links }: Files): Promise<void> => {
        await writeFile(audit(), lines.map((text) => `${text}\n`).join(''));
        await writeFile(chain, links.map((text) => `${text}\n`).join(''));
      };
      for (const [a, b] of [
        [0, 7],
        [3, 4],
        [6, 1],
      ] as const) {
        await write(tamper(whole, a, b));
        expect(await verifyAuditLog(root), `${a} ${b}`).not.toEqual([]);
      }
      await setting({}, 'after');
      expect(await verifyAuditLog(root)).not.toEqual([]);
    });
  });

  it('is its own, whatever another project is called, and stays whole where the project is moved or copied', async () => {
    const [one, other, moved] = ['one/same', 'other/same', 'moved'].map((name) => join(root, name));
    for (const folder of [one!, other!]) await mkdir(folder, { recursive: true });
    for (const folder of [one!, other!, one!]) await setting({ root: folder });
    expect((await Promise.all([one!, other!].map(readAuditLog))).map((lines) => lines.length)).toEqual([4, 2]);
    expect(await Promise.all([one!, other!].map(verifyAuditLog))).toEqual([[], []]);
    await rename(one!, moved!);
    expect(await verifyAuditLog(moved!)).toEqual([]);
    expect(await verifyAuditLog(one!)).toEqual([{ fault: 'truncated', line: 4 }]);
    await setting({ root: moved! });
    expect(await verifyAuditLog(moved!)).toEqual([]);
    await cp(other!, one!, { recursive: true }); // another log in the place of one that was here
    expect(await verifyAuditLog(one!)).toEqual([{ fault: 'truncated', line: 4 }]);
  });

  it('ignores itself under version control', async () => {
    await setting();
    expect(await readFile(join(root, '.millwright', '.gitignore'), 'utf8')).toBe('*\n');
  });
});

describe('an abandoned change', () => {
  const started = {
    ...{ user: 'ada', change_ticket: null, environment: 'development' as const, operation: 'train', model_name: null, model_version: null },
  };
  const entry = {
    timestamp: '2026-01-01T00:00:00.000Z',
    ...started,
    command: 'millwright run',
    outcome: 'started' as const,
    resources_affected: [],
    rollback_available: false,
    duration_seconds: null,
    metrics: null,
    error_detail: null,
  };

  it('gets its end line once, from whoever looks first', async () => {
    await saveOperation(root, { id: 'op', undo: undefined, jobId: 'job-1', startedAt: 0 });
    (await lockOperation(root, 'op'))!.release();
    await appendAuditEntry(root, 'op', entry);
    const counts = await Promise.all([1, 2, 3].map(async () => closeAbandonedChanges(root, { detailOf: (job) => `${job!} died` })));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    const lines = await readAuditLog(root);
    expect(lines.map((line) => line.entry.outcome)).toEqual(['started', 'failure']);
    expect(lines[1]!.entry.error_detail).toBe('job-1 died');
    expect(await verifyAuditLog(root)).toEqual([]);
  });

  it('is left alone while somebody is at it', async () => {
    using held = await lockOperation(root, 'op');
    expect(held).toBeDefined();
    await appendAuditEntry(root, 'op', entry);
    expect(await closeAbandonedChanges(root, { detailOf: () => 'died' })).toBe(0);
  });
});

describe('undoChange', () => {
  let value = 'new';
  const performers: UndoPerformers = {
    thing: {
      prepareUndo: () => ({ kind: 'thing', args: { to: value } }),
      perform: ({ to }) => {
        value = typeof to === 'string' ? to : '';
      },
    },
  };

  it('takes a change back once, by either of its lines, and can itself be undone', async () => {
    await change(log(), {
      describe: { operation: 'set', resources: ['thing'] },
      prepareUndo: () => ({ kind: 'thing', args: { to: 'old' } }),
      apply: () => ({ value: undefined }),
    });
    expect(await undoChange(log(), 2, performers)).toEqual({ operation: 'set', resources: ['thing'] });
    expect(value).toBe('old');
    await expect(undoChange(log(), 1, performers)).rejects.toMatchObject({ code: 'undo.alreadyDone' });
    await undoChange(log(), 4, performers);
    expect(value).toBe('new');
  });

  it('takes nothing back that came later, unless told to, and says who it was', async () => {
    let thing = 'old';
    const state = (): Promise<string> => Promise.resolve(thing);
    const set = async (to: string): Promise<void> => {
      const before = thing;
      await change(log(), {
        describe: { operation: 'set', resources: ['thing'] },
        prepareUndo: () => ({ kind: 'thing', args: { to: before }, state }),
        apply: () => {
          thing = to;
          return { value: undefined };
        },
      });
    };
    const watched: UndoPerformers = {
      thing: {
        state,
        prepareUndo: () => ({ kind: 'thing', args: { to: thing }, state }),
        perform: ({ to }) => {
          thing = typeof to === 'string' ? to : '';
        },
      },
    };
    await set('first');
    await set('second');
    const refused = undoChange(log(), 2, watched);
    await expect(refused).rejects.toMatchObject({ code: 'undo.changedSince', args: { by: 4 } });
    expect(thing).toBe('second');
    thing = 'by hand';
    await expect(undoChange(log(), 4, watched)).rejects.toMatchObject({ code: 'undo.changedSince', args: { by: 0 } });
    await undoChange(log(), 4, watched, { force: true });
    expect(thing).toBe('first');
    await undoChange(log(), 6, watched);
    expect(thing).toBe('by hand'); // what was there came back
    await undoChange(log(), 4, watched, { force: true }); // its undo was undone, so it can be taken back again
    expect(thing).toBe('first');
  });

  it('happens once, however many ask at the same time', async () => {
    let times = 0;
    await change(log(), {
      describe: { operation: 'set', resources: ['thing'] },
      prepareUndo: () => ({ kind: 'thing', args: {} }),
      apply: () => ({ value: undefined }),
    });
    const counting: UndoPerformers = {
      thing: {
        prepareUndo: () => undefined,
        perform: () => {
          times++;
        },
      },
    };
    const all = await Promise.allSettled(Array.from({ length: 6 }, async () => undoChange(log(), 2, counting)));
    expect(times).toBe(1);
    const codes = all.flatMap((one) => (one.status === 'rejected' ? [(one.reason as AppError).code] : []));
    expect(codes.length).toBe(5);
    expect(codes.filter((code) => code !== 'undo.alreadyDone' && code !== 'undo.busy')).toEqual([]);
  });

  it('takes nothing back of a change that failed', async () => {
    const failing = change(log(), {
      describe: { operation: 'set', resources: ['thing'] },
      prepareUndo: () => ({ kind: 'set', args: { value: 'before' } }),
      apply: () => {
        throw new Error('it did not work');
      },
    });
    await expect(failing).rejects.toThrow('it did not work');
    const performers = { set: { prepareUndo: () => undefined, perform: () => expect.fail('performed') } };
    await expect(undoChange(log(), 1, performers)).rejects.toMatchObject({ code: 'undo.notDone' });
    expect((await readAuditLog(root)).map(({ entry }) => entry.rollback_available)).toEqual([true, false]);
    await expect(undoChange(log(), 2, performers)).rejects.toMatchObject({ code: 'undo.notPossible' });
  });

  describe('of something that is looked at', () => {
    let thing = 'old';
    const state = (): Promise<string> => Promise.resolve(thing);
    const watched: UndoPerformers = {
      thing: {
        state,
        prepareUndo: () => ({ kind: 'thing', args: { to: thing }, state }),
        perform: ({ to }) => {
          thing = typeof to === 'string' ? to : '';
        },
      },
    };
    const set = async (to: string, then: () => void = () => undefined): Promise<void> => {
      const before = thing;
      await change(log(), {
        describe: { operation: 'set', resources: ['thing'] },
        prepareUndo: () => ({ kind: 'thing', args: { to: before }, state }),
        apply: () => {
          thing = to;
          then();
          return { value: undefined, metrics: { size: 3 }, modelVersion: '7' };
        },
      });
    };
    beforeEach(() => {
      thing = 'old';
    });

    it('takes back what a change left that failed late', async () => {
      const late = set('new', () => {
        throw new AppError('late.failure', 'It was late.');
      });
      await expect(late).rejects.toMatchObject({ code: 'late.failure' });
      expect((await readAuditLog(root)).map(({ entry }) => [entry.outcome, entry.rollback_available])).toEqual([
        ['started', true],
        ['failure', true],
      ]);
      await undoChange(log(), 2, watched);
      expect(thing).toBe('old');
      await undoChange(log(), 4, watched);
      expect(thing).toBe('new');
    });

    it('has nothing to take back of a change that failed early', async () => {
      const early = set('old', () => {
        throw new AppError('early.failure', 'It was early.');
      });
      await expect(early).rejects.toMatchObject({ code: 'early.failure' });
      expect((await readAuditLog(root)).at(-1)!.entry.rollback_available).toBe(false);
      await expect(undoChange(log(), 2, watched)).rejects.toMatchObject({ code: 'undo.notPossible' });
    });

    it('tells a success as one, however late the audit log hears of it', async () => {
      const aside = join(root, 'aside');
      const unheard = set('new', () => {
        renameSync(audit(), aside);
        mkdirSync(audit());
      });
      await expect(unheard).rejects.toMatchObject({ code: 'audit.lineMissing', kind: 'environment', args: { operation: 'set' } });
      rmdirSync(audit());
      renameSync(aside, audit());
      expect(await closeAbandonedChanges(root, { detailOf: () => 'died' })).toBe(1);
      expect((await readAuditLog(root)).at(-1)!.entry).toMatchObject({
        ...{ outcome: 'success', rollback_available: true, model_version: '7', metrics: { size: 3 }, error_detail: null },
      });
      await undoChange(log(), 2, watched);
      expect(thing).toBe('old');
    });

    it('of a process that died asks first, and then keeps what there is', async () => {
      await saveOperation(root, { id: 'op', undo: { kind: 'thing', args: { to: 'old' } }, jobId: undefined, startedAt: 0, found: 'old' });
      (await lockOperation(root, 'op'))!.release();
      const died = { operation: 'set', outcome: 'started', resources_affected: ['thing'], rollback_available: true } as const;
      await set('something else');
      await appendAuditEntry(root, 'op', { ...(await readAuditLog(root))[0]!.entry, ...died });
      thing = 'half';
      expect(await closeAbandonedChanges(root, { detailOf: () => 'died' })).toBe(1);
      expect((await readAuditLog(root)).at(-1)!.entry).toMatchObject({ outcome: 'failure', rollback_available: true });
      await expect(undoChange(log(), 4, watched)).rejects.toMatchObject({ code: 'undo.cutShort' });
      expect(thing).toBe('half');
      await undoChange(log(), 4, watched, { force: true });
      expect(thing).toBe('old');
      await undoChange(log(), 6, watched);
      expect(thing).toBe('half');
    });

    it('compares nothing with what could not be looked at: it has to be insisted on', async () => {
      await change(log(), {
        describe: { operation: 'set', resources: ['thing'] },
        prepareUndo: () => ({ kind: 'thing', args: { to: 'old' }, state: vanishing() }),
        apply: () => {
          thing = 'new';
          return { value: undefined };
        },
      });
      await expect(undoChange(log(), 2, watched)).rejects.toMatchObject({ code: 'undo.changedSince' });
      await undoChange(log(), 2, watched, { force: true });
      expect(thing).toBe('old');
    });

    /** Answers once. */
    function vanishing(): () => Promise<string> {
      let asked = 0;
      return async () => (asked++ === 0 ? state() : Promise.reject(new Error('a device that is gone')));
    }
  });

  it('says so where there is nothing to undo', async () => {
    await setting();
    await expect(undoChange(log(), 1, performers)).rejects.toMatchObject({ code: 'undo.notPossible' });
    await expect(undoChange(log(), 99, performers)).rejects.toMatchObject({ code: 'undo.noSuchLine', kind: 'usage' });
  });
});
