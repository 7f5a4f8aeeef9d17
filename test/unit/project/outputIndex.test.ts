import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSameOrInside, normalized, OutputIndex, reads } from '../../../src/engine/project/graph/outputIndex.ts';

const step = fc.constantFrom('a', 'b', 'c.csv', '.', '*.csv', '**');
const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'));
const plainPath = fc.array(fc.constantFrom('a', 'b', 'c.csv', '.'), { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'));

/** What the index promises, each output looked at. */
function meets(input: string, output: string): boolean {
  if (!input.includes('*')) return isSameOrInside(input, output) || isSameOrInside(output, input);
  const plain = normalized(input).split('*')[0] ?? '';
  const folder = plain.slice(0, Math.max(0, plain.lastIndexOf('/')));
  return posix.matchesGlob(normalized(output), normalized(input)) || isSameOrInside(folder === '' ? '.' : folder, output);
}

it('finds what looking at every output finds, in their order', () => {
  fc.assert(
    fc.property(fc.array(plainPath), path, (outputs, input) => {
      const index = new OutputIndex(outputs.map((output, value) => ({ output, value })));
      expect(index.metBy(input)).toEqual(outputs.flatMap((output, value) => (meets(input, output) ? [value] : [])));
    }),
  );
});

it.each([
  ['data/a.csv', 'data', true],
  ['data', 'data/a.csv', true],
  ['data/*.csv', 'data/a.csv', true],
  ['data/*.csv', 'data', true],
  ['data/*.csv', 'data/a.json', false],
  ['.\\data\\a.csv', 'data/a.csv', true],
  ['data', 'database', false],
])('reading %s meets %s: %s', (input, output, expected) => {
  expect(reads(input, output)).toBe(expected);
});
