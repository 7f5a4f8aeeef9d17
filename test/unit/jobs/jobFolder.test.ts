import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJobId, jobIdPattern, jobPaths, parseJobEvents, readJobRecord } from '../../../src/engine/jobs/jobFolder.ts';

describe('createJobId', () => {
  it('is a UUID version 7 whose order is that of time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 2 ** 40 }), (at, later) => {
        const [first, second] = [createJobId(at), createJobId(at + later)];
        expect(first).toMatch(jobIdPattern);
        expect(first < second).toBe(true);
      }),
    );
  });

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createJobId(1))).size).toBe(1000);
  });
});

describe('jobPaths', () => {
  it.each(['', '..', '../../elsewhere', 'C:\\x', `${createJobId()}/..`, createJobId().toUpperCase().replace('7', 'x')])(
    'makes no path of %j, and finds no job of that name',
    async (id) => {
      expect(() => jobPaths('/project', id)).toThrow(expect.objectContaining({ code: 'jobs.unknown' }));
      expect(await readJobRecord('/project', id)).toBeUndefined();
    },
  );

  it('takes no record for a job that names another one', async () => {
    const root = mkdtempSync(join(tmpdir(), 'millwright-job-'));
    const [id, other] = [createJobId(), createJobId()];
    const paths = jobPaths(root, id);
    mkdirSync(paths.folder, { recursive: true });
    const record = { version: 1, command: ['run'], title: 'Run', project: root, pid: 1, startedAt: 0, user: 'ada' };
    for (const named of [other, `../jobs/${id}`]) {
      writeFileSync(paths.record, JSON.stringify({ ...record, id: named }));
      expect(await readJobRecord(root, id)).toBeUndefined();
    }
    writeFileSync(paths.record, JSON.stringify({ ...record, id }));
    expect(await readJobRecord(root, id)).toMatchObject({ id });
    rmSync(root, { recursive: true });
  });
});

describe('parseJobEvents', () => {
  it('reads what it knows and leaves out the rest', () => {
    const text = [
      '{"at":1,"type":"started"}',
      '{"at":2,"type":"of a later version","x":1}',
      '{"at":3,"type":"stage","stage":"train","state":"done","durationMs":5}',
      'not json',
      '{"at":4,"type":"progress","stage":"train","message":"half","fraction":0.5}',
      '{"at":5,"type":"sta',
    ].join('\n');
    expect(parseJobEvents(text).map(({ at }) => at)).toEqual([1, 3, 4]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseJobEvents(text))));
  });
});
