/** Work that overtakes other work, fails, or is given up: results stay in order, and nothing is left running. */
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../../src/base/mapInOrder.ts';

async function* numbers(count: number, onTaken?: (item: number) => void): AsyncGenerator<number> {
  for (let item = 0; item < count; item++) {
    await Promise.resolve();
    onTaken?.(item);
    yield item;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const later = async <T>(value: T, ms: number): Promise<T> => new Promise((done) => setTimeout(done, ms, value));

describe('mapInOrder', () => {
  it('keeps the order, although later items are done first', async () => {
    const results = await collect(mapInOrder(numbers(9), 4, async (item) => later(item * 10, item % 3 === 0 ? 20 : 1)));
    expect(results).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });

  it('has at most so many items under way, and reads no further', async () => {
    let underWay = 0;
    let most = 0;
    let taken = 0;
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++underWay);
      await later(undefined, 2);
      underWay--;
      return item;
    };
    const mapped = mapInOrder(
      numbers(20, (item) => (taken = item)),
      3,
      work,
    );
    await mapped.next();
    expect(taken).toBe(2);
    await collect(mapped);
    expect(most).toBe(3);
  });

  it('throws what the work throws when its turn comes, after the work that is under way', async () => {
    const ended: number[] = [];
    const results: number[] = [];
    const mapped = mapInOrder(numbers(9), 3, async (item) => {
      await later(undefined, item === 1 ? 1 : 10);
      ended.push(item);
      if (item === 1) throw new Error('broken work');
      return item;
    });
    const reading = (async (): Promise<void> => {
      for await (const result of mapped) results.push(result);
    })();
    await expect(reading).rejects.toThrow('broken work');
    expect(results).toEqual([0]);
    expect(ended.sort()).toEqual([0, 1, 2, 3]);
  });

  it('throws what the source throws, and waits for the work when its reader gives up', async () => {
    const broken = async function* (): AsyncGenerator<number> {
      yield await later(1, 1);
      throw new Error('broken source');
    };
    await expect(collect(mapInOrder(broken(), 4, async (item) => later(item, 5)))).rejects.toThrow('broken source');
    let running = 0;
    for await (const result of mapInOrder(numbers(9), 3, async (item) => {
      running++;
      await later(undefined, 5);
      running--;
      return item;
    })) {
      if (result === 1) break;
    }
    expect(running).toBe(0);
  });
});
