import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { readPipeline } from '../../../src/engine/pipeline/views/readPipeline.ts';
import { listJobs } from '../../../src/engine/jobs/listJobs.ts';
import { collectEvents, isAlive, nodeCommand, run, states, until, writeFiles, writeStages } from '../../support/millwright.ts';
import { makeFolder, temporaryFolder } from '../../support/project.ts';

/** Writes a file and counts how often it did. */
const make = (file: string, text: string): string =>
  nodeCommand(`const fs = require('fs'); fs.writeFileSync('${file}', '${text}'); fs.appendFileSync('${file}.count', 'x')`);
const timesMade = (root: string, file: string): number => readFileSync(join(root, `${file}.count`), 'utf8').length;

function chain(root: string): void {
  writeStages(
    root,
    {
      a: { run: make('a.txt', 'value ${params.x}'), outs: ['a.txt'] },
      b: { run: nodeCommand("require('fs').copyFileSync('a.txt', 'b.txt')"), deps: ['a.txt'], outs: ['b.txt'] },
      alone: { run: make('alone.txt', 'z'), outs: ['alone.txt'] },
    },
    { params: { x: 1 } },
  );
}

describe('a second run', () => {
  it('does nothing, and says so', async () => {
    const root = temporaryFolder();
    chain(root);
    expect(states(await run(root))).toEqual({ a: 'done', b: 'done', alone: 'done' });
    const { events, onEvent } = collectEvents();
    const again = await run(root, {}, { onEvent });
    expect(states(again)).toEqual({ a: 'unchanged', b: 'unchanged', alone: 'unchanged' });
    expect(again.exitCode).toBe(0);
    expect(timesMade(root, 'a.txt')).toBe(1);
    expect(events.filter(({ type }) => type === 'child')).toEqual([]);
  });

  it('runs what a parameter reaches, and explains it', async () => {
    const root = temporaryFolder();
    chain(root);
    await run(root);
    const plan = await run(root, { set: { 'params.x': '2' }, dryRun: true });
    expect(plan.stages.map(({ name, state, reasons }) => [name, state, reasons])).toEqual([
      ['a', 'stale', ['params.x changed 1 → 2']],
      ['b', 'stale', ['it reads the output of a, which would be made anew']],
      ['alone', 'unchanged', []],
    ]);
    expect(timesMade(root, 'a.txt')).toBe(1);
    expect(states(await run(root, { set: { 'params.x': '2' } }))).toEqual({ a: 'done', b: 'done', alone: 'unchanged' });
    expect(readFileSync(join(root, 'b.txt'), 'utf8')).toBe('value 2');
    expect(states(await run(root))).toEqual({ a: 'unchanged', b: 'unchanged', alone: 'unchanged' });
    expect(readFileSync(join(root, 'b.txt'), 'utf8')).toBe('value 1');
  });

  it('keeps what somebody has edited, and says where', async () => {
    const root = temporaryFolder();
    chain(root);
    await run(root);
    writeFileSync(join(root, 'a.txt'), 'mine');
    const plan = await run(root, { dryRun: true });
    expect(plan.stages[0]).toMatchObject({ name: 'a', state: 'unchanged', reasons: [expect.stringContaining('a.txt was edited')] });
    const [a, b] = (await run(root)).stages;
    const place = /lies at (\S+)\.$/.exec(a?.notes[0] ?? '')?.[1] ?? '';
    expect([a?.state, b?.state, a?.notes.length]).toEqual(['unchanged', 'unchanged', 1]);
    expect(readFileSync(join(root, place), 'utf8')).toBe('mine');
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('value 1');

    writeFileSync(join(root, 'a.txt'), 'mine again');
    const [rerun] = (await run(root, { set: { 'params.x': '2' } })).stages;
    expect(rerun).toMatchObject({ state: 'done', notes: [expect.stringContaining('a.txt was edited')] });
    const [back] = (await run(root)).stages; // what the stage itself has made before is no edit
    expect(back).toMatchObject({ state: 'unchanged', notes: [] });
  });

  it('stops where a stage makes again what it made before', async () => {
    const root = temporaryFolder();
    chain(root);
    await run(root);
    const result = await run(root, { stages: ['a'], downstream: true, force: true });
    expect(states(result)).toEqual({ a: 'done', b: 'unchanged' });
  });

  it('puts back outputs that were deleted or changed by hand', async () => {
    const root = temporaryFolder();
    chain(root);
    await run(root);
    rmSync(join(root, 'a.txt'));
    writeFileSync(join(root, 'b.txt'), 'scribble');
    expect(states(await run(root))).toEqual({ a: 'unchanged', b: 'unchanged', alone: 'unchanged' });
    expect(readFileSync(join(root, 'a.txt'), 'utf8') + readFileSync(join(root, 'b.txt'), 'utf8')).toBe('value 1value 1');
    expect(timesMade(root, 'a.txt')).toBe(1);
  });

  it('fails with --frozen where the lock file is stale, and passes where it is not', async () => {
    const root = temporaryFolder();
    chain(root);
    expect((await run(root, { frozen: true })).error).toMatchObject({ code: 'pipeline.lockStale' });
    await run(root);
    expect((await run(root, { frozen: true })).exitCode).toBe(0);
    const stale = await run(root, { frozen: true, set: { 'params.x': '3' } });
    expect(stale).toMatchObject({ exitCode: 3, error: { code: 'pipeline.lockStale' } });
    expect(stale.error!.message).toContain('params.x');
    expect(timesMade(root, 'a.txt')).toBe(1);
  });
});

describe('a command', () => {
  it('that fails names its last words, blocks what comes after, and lets the rest finish', async () => {
    const root = temporaryFolder();
    writeStages(root, {
      bad: { run: nodeCommand("console.error('first'); console.error('no such column'); process.exit(7)") },
      after: { run: make('after.txt', 'x'), needs: ['bad'] },
      alone: { run: make('alone.txt', 'x') },
    });
    const result = await run(root);
    expect(states(result)).toEqual({ bad: 'failed', after: 'blocked', alone: 'done' });
    expect(result).toMatchObject({ state: 'failed', exitCode: 3, error: { code: 'pipeline.commandFailed' } });
    expect(result.error!.message).toContain('(7): no such column');
    const pipeline = await readPipeline(root);
    expect(pipeline.stages.map(({ name, state }) => `${name} ${state}`)).toEqual(['bad failed', 'after blocked', 'alone unchanged']);
    const lines = await readAuditLog(root);
    expect(lines.filter(({ entry }) => entry.outcome === 'failure').map(({ entry }) => entry.resources_affected)).toEqual([['stage bad']]);
  });

  it('is tried again as often as asked', async () => {
    const root = temporaryFolder();
    const flaky =
      "const fs = require('fs'); fs.appendFileSync('tries', 'x'); process.exit(fs.readFileSync('tries', 'utf8').length < 3 ? 1 : 0)";
    writeStages(root, { flaky: { run: nodeCommand(flaky), retry: 2 } });
    expect(states(await run(root))).toEqual({ flaky: 'done' });
    expect(readFileSync(join(root, 'tries'), 'utf8')).toBe('xxx');
  });

  it('is ended with everything it started when it takes too long', async () => {
    const root = temporaryFolder();
    const parent = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)']).on('spawn', function () { require('fs').writeFileSync('pid', String(this.pid)) }); setTimeout(() => {}, 600000)`;
    writeStages(root, { slow: { run: nodeCommand(parent), timeout: '2s' } });
    const result = await run(root);
    expect(result.error).toMatchObject({ code: 'pipeline.commandTimedOut' });
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
    await until(() => !isAlive(pid), 'the grandchild to end');
  });

  it('that hears nothing is ended after its time, and the stage still says that it was cancelled', async () => {
    const root = temporaryFolder();
    const deaf =
      "process.on('SIGTERM', () => undefined); require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 60000)";
    writeStages(root, { deaf: { run: nodeCommand(deaf) } });
    const controller = new AbortController();
    const running = run(root, {}, { signal: controller.signal });
    await until(() => existsSync(join(root, 'pid')), 'the command to run');
    controller.abort();
    const result = await running;
    expect({ state: result.state, stages: states(result) }).toEqual({ state: 'cancelled', stages: { deaf: 'cancelled' } });
    expect(isAlive(Number(readFileSync(join(root, 'pid'), 'utf8')))).toBe(false);
  });

  it('gets its arguments without a shell, with values that hold spaces, quotes and emoji', async () => {
    const root = temporaryFolder('it’s "here" 🚂');
    const script = "require('fs').writeFileSync('args.json', JSON.stringify(process.argv.slice(1)))";
    writeStages(
      root,
      { echo: { run: `${nodeCommand(script)} \${params.text} "a b" $HOME ; | *`, outs: ['args.json'] } },
      { params: { text: `it's "so" 🚂` } },
    );
    expect(states(await run(root))).toEqual({ echo: 'done' });
    expect(JSON.parse(readFileSync(join(root, 'args.json'), 'utf8'))).toEqual([`it's "so" 🚂`, 'a b', '$HOME', ';', '|', '*']);
  });

  it('goes through a shell where the user says so', async () => {
    const root = temporaryFolder();
    writeStages(root, { pipe: { run: 'echo one two | wc -w > words.txt', shell: true, outs: ['words.txt'] } });
    expect(states(await run(root))).toEqual({ pipe: 'done' });
    expect(readFileSync(join(root, 'words.txt'), 'utf8').trim()).toBe('2');
  });

  it('is not confused by a module of the project named like one of the library', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'email.py': 'raise SystemExit("shadowed")\n', 'csv.py': 'raise SystemExit("shadowed")\n' });
    writeStages(root, { greet: { run: 'python -c "print(1)"' } });
    expect(states(await run(root))).toEqual({ greet: 'done' });
  });

  it('runs in the project’s Python', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'env/bin/python': '#!/bin/sh\necho "$@" > "$PWD/called.txt"\necho packages\n' });
    await import('node:fs/promises').then(async ({ chmod }) => chmod(join(root, 'env/bin/python'), 0o755));
    writeStages(root, { train: { run: 'python train.py --lr 0.1' } }, { python: 'env' });
    expect(states(await run(root))).toEqual({ train: 'done' });
    expect(readFileSync(join(root, 'called.txt'), 'utf8').trim()).toBe('train.py --lr 0.1');
    writeStages(root, { train: { run: 'python train.py' } }, { python: 'nowhere' });
    expect((await run(root)).error).toMatchObject({ code: 'pipeline.pythonMissing', kind: 'environment' });
  });

  it('does not show values of its environment file', async () => {
    const root = temporaryFolder();
    writeFiles(root, { '.env': 'API=correct-horse\nSTORE=postgres://ada:battery-staple@db/x\n' });
    const script = 'console.log(process.env.API, process.env.STORE.slice(15, 29)); console.error(process.env.API); process.exit(1)';
    writeStages(root, { talk: { run: nodeCommand(script), env_file: '.env' } });
    const { events, onEvent } = collectEvents();
    const result = await run(root, {}, { onEvent });
    expect(JSON.stringify(events)).toContain('***');
    const [job] = await listJobs(root);
    const written = readFileSync(join(root, '.millwright', 'jobs', job!.record.id, 'output.log'), 'utf8');
    const audit = readFileSync(join(root, '.millwright', 'audit.log'), 'utf8');
    for (const text of [JSON.stringify(events), JSON.stringify(result), written, audit])
      expect(text).not.toMatch(/correct-horse|battery-staple/);
  });

  it('leaves no value of the environment in any file of the project', async () => {
    const root = temporaryFolder();
    const secret = 'battery-staple-71';
    process.env.MILLWRIGHT_TEST_VALUE = secret;
    try {
      const say = nodeCommand('console.log(process.argv[1], process.argv[2])');
      writeStages(
        root,
        { told: { run: `${say} \${params.key} \${env.MILLWRIGHT_TEST_VALUE}` }, named: { run: `${secret}-is-no-program \${params.key}` } },
        { params: { key: '${env.MILLWRIGHT_TEST_VALUE}' } },
      );
      const { events, onEvent } = collectEvents();
      const first = await run(root, { command: ['run', '--note', secret], note: `with ${secret}` }, { onEvent });
      expect(states(first)).toEqual({ told: 'done', named: 'failed' });
      expect(states(await run(root, { stages: ['told'], frozen: true }))).toEqual({ told: 'unchanged' });
      expect((await readPipeline(root)).stages[0]?.state).toBe('unchanged');
      expect(JSON.stringify(events)).not.toContain(secret);
      const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const holding = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret));
      expect(holding.map(({ name }) => name)).toEqual(['millwright.yaml']); // where this test wrote it
    } finally {
      delete process.env.MILLWRIGHT_TEST_VALUE;
    }
  });

  it('whose output leaves the project is refused before it runs', async () => {
    const root = temporaryFolder();
    const outside = temporaryFolder();
    symlinkSync(outside, join(root, 'link'));
    for (const out of ['../elsewhere.txt', 'link/x.txt', join(outside, 'x.txt')]) {
      writeStages(root, { leave: { run: make('ran.txt', 'x'), outs: [out] } });
      const outcome = await run(root).then(
        ({ error }) => error,
        (error: unknown) => error,
      );
      expect(outcome, out).toMatchObject({ code: expect.stringMatching(/outside/i) as string });
    }
    expect(existsSync(join(root, 'ran.txt'))).toBe(false);
  });

  it('that does not make what it promised fails', async () => {
    const root = temporaryFolder();
    writeStages(root, { lazy: { run: nodeCommand('0'), outs: ['never.txt'] } });
    expect((await run(root)).error).toMatchObject({
      code: 'pipeline.outputMissing',
      message: expect.stringContaining('never.txt') as string,
    });
  });

  it('whose input changes meanwhile fails, and is not taken for done', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'in.txt': 'one' });
    writeStages(root, { read: { run: nodeCommand("require('fs').writeFileSync('in.txt', 'two')"), deps: ['in.txt'] } });
    expect((await run(root)).error).toMatchObject({ code: 'pipeline.inputChanged', message: expect.stringContaining('in.txt') as string });
    expect((await run(root, { dryRun: true })).stages[0]!.state).toBe('stale');
  });

  it('that lacks an input says which', async () => {
    const root = temporaryFolder();
    writeStages(root, { read: { run: 'true', deps: ['missing.csv'] } });
    expect(await run(root)).toMatchObject({
      exitCode: 3,
      error: { code: 'pipeline.dependencyMissing', args: { stage: 'read', path: 'missing.csv' } },
    });
  });
});

describe('stages that do not depend on one another', () => {
  it('run at the same time', async ({ skip }) => {
    const { availableParallelism } = await import('node:os');
    if (availableParallelism() < 2) skip('one core only: nothing can run side by side');
    const root = temporaryFolder();
    const meet = (mine: string, other: string): string =>
      nodeCommand(
        `const fs = require('fs'); fs.writeFileSync('${mine}', ''); const t = setInterval(() => { if (fs.existsSync('${other}')) clearInterval(t); }, 20)`,
      );
    writeStages(root, { one: { run: meet('one', 'two'), timeout: '60s' }, two: { run: meet('two', 'one'), timeout: '60s' } });
    expect(states(await run(root))).toEqual({ one: 'done', two: 'done' });
  });
});

describe('cancelling', () => {
  it('ends the command and everything it started, and is no failure', async () => {
    const root = makeFolder();
    writeStages(root, {
      slow: { run: nodeCommand("require('fs').writeFileSync('pid', String(process.pid)); setTimeout(() => {}, 600000)") },
      after: { run: 'true', needs: ['slow'] },
    });
    const controller = new AbortController();
    const running = run(root, {}, { signal: controller.signal });
    await until(() => existsSync(join(root, 'pid')) && readFileSync(join(root, 'pid'), 'utf8') !== '', 'the command');
    controller.abort();
    const result = await running;
    expect(result).toMatchObject({ state: 'cancelled', exitCode: 130, error: undefined });
    expect(states(result)).toEqual({ slow: 'cancelled', after: 'cancelled' });
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
    await until(() => !isAlive(pid), 'the command to end');
    expect((await readAuditLog(root)).at(-1)!.entry).toMatchObject({ outcome: 'failure', error_detail: 'cancelled' });
    expect(await verifyAuditLog(root)).toEqual([]);
    rmSync(root, { recursive: true, force: true });
  });
});

describe('permissions', () => {
  it('are asked for before anything happens', async () => {
    const root = temporaryFolder();
    chain(root);
    await expect(run(root, { environment: 'staging' })).rejects.toMatchObject({ code: 'safety.ticketMissing', kind: 'usage' });
    await expect(run(root, { environment: 'production', ticket: 'CHG-1' })).rejects.toMatchObject({ code: 'safety.approvalMissing' });
    expect(existsSync(join(root, 'a.txt'))).toBe(false);
    expect((await run(root, { environment: 'production', ticket: 'CHG-1', approvedBy: 'grace' })).exitCode).toBe(0);
    expect((await readAuditLog(root))[0]!.entry).toMatchObject({ environment: 'production', change_ticket: 'CHG-1, approved by grace' });
  });
});

describe('readPipeline', () => {
  it('shows stages of a broken file, with what is wrong', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'millwright.yaml': 'name: x\nstages:\n  a: {run: echo}\n  b: {uses: trian}\n' });
    const { stages, errors } = await readPipeline(root);
    expect(stages.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(errors[0]!.at).toMatchObject({ line: 4 });
  });

  it('shows an empty folder as a project that is not there', async () => {
    const root = temporaryFolder();
    const { stages, errors } = await readPipeline(root);
    expect([stages, errors.map(({ code }) => code)]).toEqual([[], ['project.notFound']]);
    expect(existsSync(join(root, '.millwright'))).toBe(false);
  });

  it('shows what a running job is at', async () => {
    const root = temporaryFolder();
    const wait =
      "const fs = require('fs'); fs.writeFileSync('here', ''); const t = setInterval(() => { if (fs.existsSync('go')) clearInterval(t); }, 20)";
    writeStages(root, { slow: { run: nodeCommand(wait) }, after: { run: nodeCommand('0'), needs: ['slow'] } });
    const running = run(root);
    await until(() => existsSync(join(root, 'here')), 'the stage');
    const { stages, jobs } = await readPipeline(root);
    expect(stages.map(({ name, state }) => `${name} ${state}`)).toEqual(['slow running', 'after waiting']);
    expect(jobs[0]!.state).toBe('running');
    mkdirSync(join(root, 'go'));
    expect(states(await running)).toEqual({ slow: 'done', after: 'done' });
    expect((await readPipeline(root)).stages.map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
  });
});
