import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../../src/base/jsonText.ts';

test('NaN and infinities are the texts that MLflow’s REST interface writes; undefined stays out', () => {
  const value = { loss: NaN, low: [-Infinity, { high: Infinity }], fine: 1.5, no: undefined };
  expect(jsonText(value)).toBe('{"loss":"NaN","low":["-Infinity",{"high":"Infinity"}],"fine":1.5}');
  expect(jsonText(NaN)).toBe('"NaN"');
});

test('everything else is as JSON.stringify has it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      expect(jsonText(value, indent)).toBe(JSON.stringify(value, undefined, indent));
    }),
  );
});
