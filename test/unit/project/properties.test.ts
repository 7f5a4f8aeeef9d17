import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { editDistance, nearestName } from '../../../src/engine/project/text/nearestName.ts';
import { metricNames } from '../../../src/protocol/tables/metrics.ts';
import { aProject, offsetsOf, parse } from './checkProject.ts';

/** Text that looks like YAML, and text that does not. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    ...['name', 'stages', 'datasets', 'features', 'params', 'train', 'uses', 'run', 'dataset', '${params.x}', '${', '$${', '${env.A}'],
    ...[
      ': ',
      ':',
      '- ',
      ', ',
      '\n',
      '\r\n',
      '\n  ',
      '\n    ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '| ',
      '> ',
      '# ',
      '? ',
      '!!str ',
      '---\n',
      '\t',
      '%YAML 1.1\n',
      '\uFEFF',
      '🙂',
      '\r',
      '\u2028',
    ],
  ),
);
const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

/** A valid project cut and mended at random places: most mistakes of a person who types. */
const damaged = fc.tuple(fc.nat(600), fc.nat(20), piece).map(([at, length, put]) => {
  const whole = aProject({
    stages: '  train: {uses: train, dataset: rows, features: basic}\n  go:\n    run: "python a.py ${params.x}"\n    outs:\n      - a',
  });
  return whole.slice(0, at % whole.length) + put + whole.slice((at % whole.length) + length);
});

function checkRanges(text: string): void {
  for (const { at, message } of parse(text, { env: { A: 'a' } }).diagnostics) {
    expect(message).not.toBe('');
    if (at === undefined) throw new Error(`no place: ${message}`);
    expect(at.line).toBeGreaterThanOrEqual(1);
    expect(at.column).toBeGreaterThanOrEqual(1);
    const { start, end } = offsetsOf(text, at);
    expect(start).toBeLessThanOrEqual(end);
    expect(end).toBeLessThanOrEqual(text.length);
  }
}

describe('any text', () => {
  it('is read without throwing, and every range lies in the text', () => {
    fc.assert(fc.property(soup, checkRanges), { numRuns: 500 });
  });

  it('so is a project in the middle of being typed', () => {
    fc.assert(fc.property(damaged, checkRanges), { numRuns: 500 });
  });
});

describe('a valid project', () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,12}$/);
  const column = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text !== '__proto__' && !text.includes('$'));
  const project = fc
    .record({
      dataset: name,
      features: name,
      stage: name,
      target: column,
      numeric: fc.uniqueArray(column, { minLength: 1, maxLength: 4 }),
      metrics: fc.subarray([...metricNames], { minLength: 1 }),
      seed: fc.nat(2 ** 31 - 1),
      path: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('$')),
      rounds: fc.integer({ min: 1, max: 10_000 }),
    })
    .filter(({ target, numeric }) => !numeric.includes(target));

  it('has no diagnostics, however its names are written', () => {
    fc.assert(
      fc.property(project, fc.boolean(), (parts, isFlow) => {
        const value = {
          name: parts.target,
          seed: parts.seed,
          datasets: { [parts.dataset]: { path: parts.path, columns: { [parts.target]: { type: 'integer' } } } },
          features: { [parts.features]: { target: parts.target, numeric: parts.numeric } },
          stages: {
            [parts.stage]: { uses: 'train', dataset: parts.dataset, features: parts.features, params: { max_iter: parts.rounds } },
            [`${parts.stage}-e`]: { uses: 'evaluate', model: parts.stage, dataset: parts.dataset, metrics: parts.metrics, group: 'query' },
          },
        };
        const text = isFlow ? JSON.stringify(value) : stringify(value);
        const { diagnostics, project: read } = parse(text);
        expect(diagnostics).toEqual([]);
        expect(read).toMatchObject({ name: value.name, seed: value.seed, stages: value.stages, datasets: value.datasets });
      }),
      { numRuns: 150 },
    );
  });
});

describe('nearestName', () => {
  it('finds a name with one slip', () => {
    expect(nearestName('max_itre', ['max_bins', 'max_iter'])).toBe('max_iter');
    expect(nearestName('Max-Iter', ['max_bins', 'max_iter'])).toBe('max_iter');
    expect(nearestName('zzz', ['max_bins', 'max_iter'])).toBeUndefined();
  });

  it('the distance is a metric on small texts', () => {
    const text = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
