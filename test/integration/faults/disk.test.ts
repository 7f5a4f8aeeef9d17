/** A full disk and a read-only project: a clear error, and nothing that was there is lost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { reapJobs } from '../../../src/engine/jobs/reapJobs.ts';
import { listJobs } from '../../../src/engine/jobs/listJobs.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { expectNamed, startCommandHost } from '../../support/commandHost.ts';
import { draw, sweepSeed } from '../../support/draw.ts';
import { writeTinyPipeline } from '../../support/livedProject.ts';
import { temporaryFolder } from '../../support/project.ts';
import { sweep } from '../../support/sweep.ts';
import { nodeCommand, startMillwright, writeStages } from '../../support/millwright.ts';
import { mountSmall } from '../../support/smallDisk.ts';

describe('a full disk', () => {
  it('fails the run with a clear error, keeps what was there, and the next run goes on', async (context) => {
    const root = await mountSmall(context, '3m');
    writeStages(root, { keep: { run: nodeCommand("require('fs').writeFileSync('kept.txt', 'kept')"), outs: ['kept.txt'] } });
    expect((await startMillwright(root, ['run'])).exitCode).toBe(0);
    const lines = (await readAuditLog(root)).length;
    const big = nodeCommand("require('fs').writeFileSync('big.bin', Buffer.alloc(1600000))");
    writeStages(root, {
      keep: { run: nodeCommand("require('fs').writeFileSync('kept.txt', 'kept')"), outs: ['kept.txt'] },
      big: { run: big, outs: ['big.bin'] },
    });
    const full = await startMillwright(root, ['run', '--json']);
    expect(full.exitCode, String(full.stdout)).toBe(4);
    expect(String(full.stdout) + String(full.stderr)).toContain('files.diskFull');
    expect(readFileSync(join(root, 'kept.txt'), 'utf8')).toBe('kept');
    await execa('rm', [join(root, 'big.bin')]);
    await reapJobs(root, ['test']);
    expect((await readAuditLog(root)).length).toBeGreaterThanOrEqual(lines);
    expect(await verifyAuditLog(root)).toEqual([]);
    writeStages(root, { keep: { run: nodeCommand("require('fs').writeFileSync('kept.txt', 'kept')"), outs: ['kept.txt'] } });
    expect((await startMillwright(root, ['run'])).exitCode).toBe(0);
  });
});

/** Kilobytes: from less than the first files need to nearly all that the pipeline leaves. */
const sizes = Array.from({ length: 40 }, (_, index) => 120 + 100 * index);

describe(`a disk that is full at another point of a whole pipeline each time (seed ${sweepSeed})`, () => {
  it.for(draw(sizes, sweep({ sample: 2, whole: sizes.length })))(
    '%i kB: the run says so, and the next one goes on',
    async (size, context) => {
      const root = await mountSmall(context, `${size}k`);
      await using host = startCommandHost({ MILLWRIGHT_CONFIG_HOME: temporaryFolder('home') });
      const grow = async (): Promise<void> => {
        await execa('mount', ['-o', 'remount,size=64m', root]);
      };
      writeTinyPipeline(root);
      const full = await host.run(root, ['run']);
      expect(full.exitCode, full.stderr).toBe(4);
      expectNamed('run', full);
      await grow();
      const again = await host.run(root, ['run']);
      expect(again.exitCode, again.stderr).toBe(0);
      expect(await verifyAuditLog(root)).toEqual([]);
      await using reader = openStore({ root }).tracking();
      const statuses = (await reader.summaries({ includeDeleted: true })).items.map(({ status }) => status);
      expect(statuses).not.toContain('RUNNING');
      expect((await listJobs(root)).map(({ state }) => state)).not.toContain('running');
    },
  );
});

describe('a read-only project', () => {
  it('can be looked at, and says why it cannot be run', async (context) => {
    const root = await mountSmall(context, '8m');
    writeStages(root, { a: { run: nodeCommand('0') } });
    expect((await startMillwright(root, ['run'])).exitCode).toBe(0);
    writeFileSync(join(root, 'note.txt'), 'x');
    await execa('mount', ['-o', 'remount,ro', root]);
    const refused = await startMillwright(root, ['run', '--json']);
    expect(refused.exitCode).toBe(4);
    expect(String(refused.stdout)).toContain('files.notWritable');
    expect((await startMillwright(root, ['status'])).exitCode).toBe(0);
    expect((await startMillwright(root, ['audit', '--verify'])).exitCode).toBe(0);
  });
});
