import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineBudget, shareOf } from '../../../src/engine/pipeline/execution/machineBudget.ts';

describe('shareOf', () => {
  it('gives every stage that starts a core, and never more cores or memory than there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 20 }), (threads, ready) => {
        const total = { threads, memoryBytes: 2 ** 33 };
        let free = threads;
        let memory = 0;
        for (let index = 0; index < ready && free >= 1; index++) {
          const share = shareOf(total, free, ready - index);
          expect(share.threads).toBeGreaterThanOrEqual(1);
          free -= share.threads;
          memory += share.memoryBytes;
        }
        expect(free).toBeGreaterThanOrEqual(0);
        expect(memory).toBeLessThanOrEqual(total.memoryBytes);
      }),
    );
  });

  it('gives a stage that is alone the whole machine', () => {
    expect(shareOf({ threads: 8, memoryBytes: 800 }, 8, 1)).toEqual({ threads: 8, memoryBytes: 800 });
  });
});

describe('machineBudget', () => {
  it('is what this process may use', () => {
    const { threads, memoryBytes } = machineBudget();
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(memoryBytes).toBeGreaterThan(2 ** 20);
  });
});
