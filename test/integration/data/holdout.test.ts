/** A share of the rows and the rest: the same rows from every format, order and number of threads, equal ones together. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprintDataset, openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { parseProjectText } from '../../../src/engine/project/loadProject.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import { asOf, dataFolder, failureOf, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

type Holdout = NonNullable<DatasetSpec['holdout']>;

const header = 'id,x,kind,late';
/** Every third row is that of the number before, but for its id. */
const line = (id: number): string => {
  const n = id % 3 === 2 ? id - 1 : id;
  return `${id},${(n * 37) % 1009},${['a', 'b', ''][n % 3] ?? ''},${n % 5 === 0}`;
};
const csv = (ids: readonly number[]): string => `${header}\n${ids.map(line).join('\n')}\n`;
const ids = Array.from({ length: 900 }, (_, id) => id);

const datasets = (holdout: Holdout, all: DatasetSpec = { path: 'all.csv' }): Record<string, DatasetSpec> => ({
  all,
  test: { from: 'all', holdout },
  learn: { from: 'all', except: 'test' },
});

const idsOf = async (all: Record<string, DatasetSpec>, name: string): Promise<number[]> =>
  ((await readAll(folder.root, all, name)).id ?? []).map(Number);

describe('a holdout', () => {
  test('and the rest are every row once, in the order of the file, and as many as were asked for', async () => {
    folder.write('all.csv', csv(ids));
    const all = datasets({ share: 0.2, ignore: ['id', 'late'] });
    const [held, learned] = [await idsOf(all, 'test'), await idsOf(all, 'learn')];
    expect([...held, ...learned].sort((a, b) => a - b)).toEqual(ids);
    for (const part of [held, learned]) expect(part).toEqual(part.toSorted((a, b) => a - b));
    expect(Math.abs(held.length - 180)).toBeLessThanOrEqual(2);
    const rows = (part: readonly number[]): Set<string> => new Set(part.map((id) => line(id).split(',').slice(1, 3).join()));
    expect([...rows(held)].filter((row) => rows(learned).has(row))).toEqual([]);
  });

  test('holds the same rows, whatever their order, the format, the number of threads, or another column', async () => {
    const all = datasets({ share: 0.3, ignore: 'id' }, { path: 'all.csv', columns: { x: {}, kind: {}, late: {} } });
    folder.write('all.csv', csv(ids));
    const held = await idsOf(all, 'test');
    folder.write('all.csv', csv(ids.toReversed()));
    expect((await idsOf(all, 'test')).toSorted((a, b) => a - b)).toEqual(held);
    folder.write(
      'all.csv',
      csv(ids)
        .replaceAll(/(\d+),(\d+),/g, '$1,$2.0,')
        .replaceAll('\n', ',extra\n'),
    );
    expect(await idsOf(all, 'test')).toEqual(held);
    for (const threads of [1, 3]) {
      await using reader = await openDataset({ root: folder.root, datasets: all, seed: 42 }, 'test', {
        asOf,
        budget: { threads, memoryBytes: 2 ** 30 },
      });
      expect(await reader.rows()).toBe(held.length);
    }
  });

  test('is another for another seed', async () => {
    folder.write('all.csv', csv(ids));
    const all = datasets({ share: 0.2 });
    const digest = async (seed: number): Promise<string> =>
      (await fingerprintDataset({ root: folder.root, datasets: all, seed }, 'test', { asOf })).digest;
    expect(await digest(1)).not.toBe(await digest(2));
    expect(await digest(42)).toBe((await fingerprintDataset({ root: folder.root, datasets: all }, 'test', { asOf })).digest);
  });

  test('keeps whole groups, and meets the share although one of them is large', async () => {
    const rows = Array.from({ length: 1000 }, (_, id) => `${id},${id < 330 ? 'big' : `g${id >> 2}`}`);
    folder.write('all.csv', `id,group\n${rows.join('\n')}\n`);
    for (const seed of [1, 2, 3]) {
      const project = { root: folder.root, datasets: datasets({ share: 0.2, group: 'group' }), seed };
      await using reader = await openDataset(project, 'test', { asOf, budget: { threads: 1, memoryBytes: 2 ** 30 } });
      expect(Math.abs((await reader.rows()) - 200)).toBeLessThanOrEqual(4);
    }
  });

  test('draws rows one by one where few different ones come back again and again', async () => {
    const rows = Array.from({ length: 1300 }, (_, id) => `${id},${id % 7},${id % 2}`);
    folder.write('all.csv', `id,x,y\n${rows.join('\n')}\n`);
    const all = datasets({ share: 0.2, ignore: 'id' });
    const [held, learned] = [await idsOf(all, 'test'), await idsOf(all, 'learn')];
    expect(held).toHaveLength(260);
    expect([...held, ...learned].sort((a, b) => a - b)).toHaveLength(1300);
    for (const x of [0, 1, 2, 3, 4, 5, 6]) expect(held.filter((id) => id % 7 === x).length).toBeGreaterThan(20);
  });

  test('is of the rows within the window and the condition beside it; the rest has all others', async () => {
    folder.write('all.csv', csv(ids));
    const all = {
      ...datasets({ share: 0.5, ignore: 'id' }),
      test: { from: 'all', where: 'x < 300', holdout: { share: 0.5, ignore: 'id' } },
    };
    const [held, learned] = [await idsOf(all, 'test'), await idsOf(all, 'learn')];
    const within = ids.filter((id) => Number(line(id).split(',')[1]) < 300).length;
    expect(Math.abs(held.length - within / 2)).toBeLessThanOrEqual(2);
    expect(held.length + learned.length).toBe(900);
  });

  test('can be narrowed further, queried, and its rest left out again', async () => {
    folder.write('all.csv', csv(ids));
    const all: Record<string, DatasetSpec> = {
      ...datasets({ share: 0.2, ignore: 'id' }),
      tune: { from: 'learn', holdout: { share: 0.25, ignore: 'id' } },
      fit: { from: 'learn', except: 'tune' },
      counted: { query: 'SELECT count(*) AS n FROM test ORDER BY n' },
    };
    const parts = await Promise.all(['test', 'tune', 'fit'].map(async (name) => idsOf(all, name)));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(ids);
    expect((await readAll(folder.root, all, 'counted')).n).toEqual([parts[0]?.length]);
  });

  test('says which column is not there, that nothing can be drawn, and which value is wrong', async () => {
    folder.write('all.csv', csv(ids));
    expect(await failureOf(async () => idsOf(datasets({ share: 0.2, group: 'nobody' }), 'test'))).toMatchObject({
      code: 'dataset.columnMissing',
      args: { key: 'datasets.test.holdout.group' },
    });
    folder.write('one.csv', 'a,g\n1,x\n2,x\n');
    const one = datasets({ share: 0.5, group: 'g' }, { path: 'one.csv' });
    expect(await failureOf(async () => readAll(folder.root, one, 'test'))).toMatchObject({ code: 'dataset.holdoutOneKind' });
    const typed = datasets({ share: 0.2 }, { path: 'all.csv', columns: { kind: { type: 'integer' } } });
    expect(await failureOf(async () => idsOf(typed, 'test'))).toMatchObject({ code: 'dataset.wrongType', args: { column: 'kind' } });
  });

  test('is the same from Parquet', async () => {
    folder.write('all.csv', csv(ids));
    const all = datasets({ share: 0.2, ignore: 'id' });
    const held = await idsOf(all, 'test');
    const query: Record<string, DatasetSpec> = { ...all, copy: { query: 'SELECT * FROM "all" ORDER BY id' } };
    const again = { ...query, test: { from: 'copy', holdout: { share: 0.2, ignore: 'id' } } };
    expect(await idsOf(again, 'test')).toEqual(held);
  });
});

describe('the project file', () => {
  const problems = (yaml: string): string[] =>
    parseProjectText(`name: p\ndatasets:\n  a: {path: a.csv}\n  b: {path: b.csv}\n${yaml}`, '/p').diagnostics.map(({ code }) => code);
  test.each([
    ['  test: {from: a, holdout: {share: 0.2}}\n  learn: {from: a, except: test}\n', []],
    ['  test: {from: a, holdout: {share: 0.2, group: [x, y]}}\n', []],
    ['  test: {from: a, holdout: {share: 1.2}}\n', ['project.wrongValue']],
    ['  test: {from: a, holdout: {share: 0.2, group: x, ignore: y}}\n', ['project.ignoreWithGroup']],
    ['  test: {from: b, holdout: {share: 0.2}}\n  learn: {from: a, except: test}\n', ['project.exceptOther']],
    ['  learn: {path: c.csv, except: a}\n', ['project.exceptOther']],
    ['  learn: {from: a, except: tset}\n  test: {from: a}\n', ['project.unknownName']],
    ['  learn: {from: a, except: test}\n  test: {from: a, except: learn}\n', ['project.datasetCycle']],
  ])('%j has %j', (yaml, codes) => {
    expect(problems(yaml)).toEqual(codes);
  });
});
