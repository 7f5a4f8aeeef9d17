/** One more row, one more file, a file of nothing but its header, another order: no other row's value changes without a word. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { asOf, budget, dataFolder } from './dataFolder.ts';

/** Kinds of texts that a column of a file may hold. */
const kinds: readonly fc.Arbitrary<string>[] = [
  fc.integer({ min: -1000, max: 100_000 }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(2)),
  fc.constantFrom('NA', '?', '-', ''),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([month, day]) => `${day}/${month}/2024`),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([month, day]) => `2024-${month}-${day}`),
  fc.constantFrom('00501', '2E10', '1,234', '12%', 'red', 'blue', '123456789012345678901234567890'),
];
const text = fc.oneof(...kinds);
/** Mostly of one kind, as columns are. */
const column = fc
  .tuple(fc.constantFrom(...kinds), fc.array(text, { maxLength: 2 }), fc.integer({ min: 1, max: 8 }))
  .chain(([kind, rest, length]) => fc.array(kind, { minLength: length, maxLength: length }).map((values) => [...values, ...rest]));

interface Read {
  readonly type: string;
  readonly values: readonly unknown[];
  /** Whether something is said of the column. */
  readonly isSaid: boolean;
}

/** @returns undefined where the values cannot be read, which is said by the error */
async function read(files: Readonly<Record<string, readonly string[]>>): Promise<Read | undefined> {
  using folder = dataFolder();
  const quoted = (value: string): string => (value === '' ? '' : `"${value}"`);
  for (const [name, values] of Object.entries(files)) folder.write(name, `x,n\n${values.map((value) => `${quoted(value)},1\n`).join('')}`);
  try {
    await using reader = await openDataset({ root: folder.root, datasets: { d: { path: '*.csv' } } }, 'd', { asOf, budget });
    const values: unknown[] = [];
    for await (const { columns } of reader.chunks({ columns: ['x'] })) values.push(...(columns.x?.values ?? []));
    const said = reader.notes.some(({ kind, column: name }) => kind !== 'level' && name === 'x');
    return { type: reader.columns[0]?.type ?? '', values, isSaid: said };
  } catch {
    return undefined;
  }
}

const kindOf = (type: string): string => (type === 'integer' ? 'number' : type);
const runs = { numRuns: 25 };

test('a file of nothing but its header changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(column, async (values) => {
      expect(await read({ 'a.csv': values, 'b.csv': [] })).toEqual(await read({ 'a.csv': values }));
    }),
    runs,
  );
});

test('rows in another order, or in two files, are the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(column, fc.nat(), async (values, cut) => {
      const whole = await read({ 'a.csv': values });
      const at = cut % (values.length + 1);
      const parted = await read({ 'a.csv': values.slice(0, at), 'b.csv': values.slice(at) });
      const turned = await read({ 'a.csv': values.toReversed() });
      expect(parted).toEqual(whole);
      expect(turned === undefined ? undefined : { ...turned, values: turned.values.toReversed() }).toEqual(whole);
    }),
    runs,
  );
});

test('one more row leaves the values of the others, or another type of the column tells of it', async () => {
  await fc.assert(
    fc.asyncProperty(column, text, async (values, more) => {
      const [before, after] = [await read({ 'a.csv': values }), await read({ 'a.csv': [...values, more] })];
      if (before === undefined || after === undefined) return;
      const isSame = kindOf(before.type) === kindOf(after.type);
      if (!isSame || before.isSaid || after.isSaid) return;
      expect(after.values.slice(0, values.length)).toEqual(before.values);
    }),
    runs,
  );
});
