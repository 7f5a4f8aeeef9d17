import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missingTime, type Chunk } from '../../../src/engine/data/rows/columns.ts';
import { packChunk } from '../../../src/engine/inference/scoring/packedChunk.ts';
import { restoreOrder, scoringOrder } from '../../../src/engine/inference/scoring/scoringOrder.ts';
import { takeRows } from '../../../src/engine/inference/scoring/takeRows.ts';

const texts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', null), fc.constantFrom('x', 'y', null)), { minLength: 1, maxLength: 60 });

function chunkOf(rows: readonly (readonly [string | null, string | null])[]): Chunk {
  return {
    rows: rows.length,
    columns: {
      row: { kind: 'number', values: Float64Array.from(rows, (_, row) => row) },
      first: { kind: 'text', values: rows.map(([first]) => first) },
      second: { kind: 'text', values: rows.map(([, second]) => second) },
    },
  };
}

function ordered(chunk: Chunk): Uint32Array {
  return scoringOrder(packChunk(chunk, Object.keys(chunk.columns))) ?? Uint32Array.from({ length: chunk.rows }, (_, row) => row);
}

test('rows with the same texts follow one another, each in its own turn', () => {
  fc.assert(
    fc.property(texts, (rows) => {
      const order = ordered(chunkOf(rows));
      expect([...order].sort((a, b) => a - b)).toEqual(rows.map((_, row) => row));
      const names = Array.from(order, (row) => JSON.stringify(rows[row]));
      const runs = names.filter((name, place) => name !== names[place - 1]);
      expect(runs).toHaveLength(new Set(names).size);
    }),
  );
});

test('every score returns to its row', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 3 }), (rows, width) => {
      const chunk = chunkOf(rows);
      const order = ordered(chunk);
      const { values } = takeRows(chunk, order).columns.row ?? { values: [] };
      const scores = Float64Array.from(
        { length: rows.length * width },
        (_, at) => Number(values[Math.floor(at / width)]) * width + (at % width),
      );
      const restored = restoreOrder({ rows: rows.length, width, scores }, order);
      expect(restored.scores).toEqual(Float64Array.from(scores, (_, at) => at));
    }),
  );
});

test('rows without texts keep their order', () => {
  expect(scoringOrder(packChunk(chunkOf([['a', 'x']]), ['row']))).toBeUndefined();
});

test('rows are taken with every bit: times before 1970 look like numbers that are none', () => {
  const times = BigInt64Array.of(-1n, missingTime, 0n, 1_700_000_000_000_000n, -4_503_599_627_370_497n);
  const numbers = Float64Array.of(NaN, -0, 1e308, 5e-324, -Infinity);
  const taken = takeRows(
    { rows: 5, columns: { times: { kind: 'time', values: times }, numbers: { kind: 'number', values: numbers } } },
    [4, 0, 2],
  );
  expect(taken.columns.times?.values).toEqual(BigInt64Array.of(-4_503_599_627_370_497n, -1n, 0n));
  expect(taken.columns.numbers?.values).toEqual(Float64Array.of(-Infinity, NaN, 1e308));
});
