import { expect, it } from 'vitest';
import { missingText, unreadableText, type ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import { toFeeds } from '../../../src/engine/inference/scoring/feeds.ts';

it('gives ONNX Runtime texts as they are, but the missing ones and those it would cut off at a NUL', () => {
  const values = ['', 'a', '\ufeffa', 'a\0b', '\0', null];
  const feeds = toFeeds([{ name: 'x', tensor: 'string' }], { rows: values.length, columns: { x: { kind: 'text', values } } });
  expect(feeds.x?.data).toEqual(['', 'a', '\ufeffa', unreadableText, unreadableText, missingText]);
});

it('takes columns by name whatever objects inherit, and misses one that is not there', () => {
  const names = ['__proto__', 'constructor'];
  const vector: ColumnVector = { kind: 'number', values: Float64Array.of(1) };
  const inputs = names.map((name) => ({ name, tensor: 'double' as const }));
  const columns = Object.fromEntries(names.map((name) => [name, vector]));
  expect(Object.keys(toFeeds(inputs, { rows: 1, columns }))).toEqual(names);
  expect(() => toFeeds(inputs, { rows: 1, columns: { x: vector } })).toThrow(expect.objectContaining({ code: 'inference.missingColumn' }));
});
