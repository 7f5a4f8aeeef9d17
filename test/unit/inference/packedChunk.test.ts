/** What is packed for another thread comes out as it went in. */
import { expect, it } from 'vitest';
import { missingTime, type Chunk, type ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import { packChunk, unpackChunk } from '../../../src/engine/inference/scoring/packedChunk.ts';
import { rejectsBeside } from '../../../src/engine/inference/prediction/rejectsFile.ts';

it('packs texts once each, and unpacks every value, missing ones too', () => {
  const chunk: Chunk = {
    rows: 4,
    columns: {
      'a text': { kind: 'text', values: ['x', null, '', 'x'] },
      number: { kind: 'number', values: Float64Array.of(1, NaN, -0, Infinity) },
      time: { kind: 'time', values: BigInt64Array.of(0n, missingTime, 1n, -1n) },
    },
  };
  const left: ColumnVector = { kind: 'text', values: ['a', 'b', 'c', 'd'] };
  const packed = packChunk({ ...chunk, columns: { ...chunk.columns, left } }, Object.keys(chunk.columns));
  expect(packed.columns['a text']).toMatchObject({ texts: ['x', ''] });
  expect(unpackChunk(structuredClone(packed))).toEqual(chunk);
});

it.each([
  ['predictions.parquet', 'predictions.rejects.parquet'],
  ['a.b/out.csv.gz', 'a.b/out.rejects.csv.gz'],
  ['out.jsonl', 'out.rejects.jsonl'],
])('puts the rejected rows of %s into %s', (output, rejects) => {
  expect(rejectsBeside(output)).toBe(rejects);
});
