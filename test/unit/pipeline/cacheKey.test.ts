import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainChange, flatten, keyOf, stageValues, type KeyRecord } from '../../../src/engine/pipeline/key/cacheKey.ts';
import { stageDefinitions } from '../../../src/engine/project/definitions/stage.ts';

const base: KeyRecord = {
  kind: 'train',
  revision: 1,
  values: { 'params.max_iter': '300', seed: '42', trainer: '"gbdt"' },
  inputs: { 'dataset winter': 'a'.repeat(64) },
  local: {},
};

const texts = (prefix: string): fc.Arbitrary<Record<string, string>> =>
  fc.dictionary(
    fc.constantFrom('a', 'b', 'c').map((name) => `${prefix} ${name}`),
    fc.constantFrom('1', '2'),
    { maxKeys: 3 },
  );
const records: fc.Arbitrary<KeyRecord> = fc.record({
  kind: fc.constantFrom('train', 'run'),
  revision: fc.integer({ min: 1, max: 3 }),
  values: texts('value'),
  inputs: texts('input'),
  local: texts('local'),
});

describe('keyOf', () => {
  it('does not depend on the order of keys', () => {
    const turned = { ...base, values: Object.fromEntries(Object.entries(base.values).reverse()) };
    expect(keyOf(turned)).toBe(keyOf(base));
  });

  it('differs exactly where there is something to explain', () => {
    fc.assert(
      fc.property(records, records, (a, b) => {
        expect(explainChange(a, b).length > 0).toBe(keyOf(a) !== keyOf(b));
      }),
    );
  });
});

describe('explainChange', () => {
  const changed = (over: Partial<KeyRecord>): string[] => explainChange(base, { ...base, ...over });

  it('has nothing to say of equal records', () => {
    expect(changed({})).toEqual([]);
  });

  it.each<[Partial<KeyRecord>, string]>([
    [{ values: { ...base.values, 'params.max_iter': '400' } }, 'params.max_iter changed 300 → 400'],
    [{ values: { ...base.values, trainer: '"linear"' } }, 'trainer changed gbdt → linear'],
    [{ values: { ...base.values, 'params.max_depth': '6' } }, 'params.max_depth was added: 6'],
    [{ values: { seed: '42', trainer: '"gbdt"' } }, 'params.max_iter was taken away (it was 300)'],
    [{ inputs: { 'dataset winter': 'b' } }, 'dataset winter changed'],
    [{ inputs: {} }, 'dataset winter is no longer an input'],
    [{ local: { 'python packages': 'x' } }, 'python packages is new'],
    [{ inputs: { ...base.inputs, 'usual metrics': 'c' } }, 'this version of Millwright has other usual metrics'],
    [{ values: { ...base.values, metrics: '[]' }, inputs: { ...base.inputs, 'usual metrics': 'c' } }, 'metrics was added: []'],
    [{ revision: 2 }, 'this version of Millwright computes train differently'],
  ])('says of %o: %s', (over, reason) => {
    expect(changed(over)).toEqual([reason]);
  });
});

describe('stageValues', () => {
  it('flattens what bears on the result and leaves out the rest', () => {
    expect(
      stageValues({
        uses: 'train',
        dataset: 'winter',
        features: 'flight',
        params: { max_iter: 5, monotonic_cst: { a: 1 } },
        needs: ['check'],
      }),
    ).toEqual({ dataset: '"winter"', features: '"flight"', 'params.max_iter': '5', 'params.monotonic_cst.a': '1' });
    expect(stageValues({ run: 'x', retry: 3, timeout: '5m', env: { TOKEN: 'secret' }, env_file: '.env' })).toEqual({ run: '"x"' });
  });

  it('knows of every key of every stage what it does to the result', () => {
    for (const { shape, effects } of Object.values(stageDefinitions)) expect(Object.keys(effects)).toEqual(Object.keys(shape));
    expect(stageDefinitions.run.effects).toMatchObject({ run: 'value', env: 'content', retry: 'nothing', timeout: 'nothing' });
  });

  it('keeps empty lists and maps apart from nothing', () => {
    expect(flatten({ a: [], b: {}, c: null }, '')).toEqual({ a: '[]', b: '{}', c: 'null' });
  });
});
