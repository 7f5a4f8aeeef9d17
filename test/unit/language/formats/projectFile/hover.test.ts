import type { MarkupContent } from 'vscode-languageserver';
import { describe, expect, it } from 'vitest';
import { hover } from '../../../../../src/language/formats/projectFile/hover.ts';
import type { ColumnProfile } from '../../../../../src/protocol/dataset.ts';
import { atCaret, columns, edited, projectOf } from './checkLanguage.ts';

/** What is shown, and the text it is shown for. */
function checkHover(marked: string, expected: readonly string[], on?: string): void {
  const { project, position } = atCaret(marked);
  const shown = hover(project, position, columns);
  if (shown === undefined) throw new Error('nothing is shown');
  const { value } = shown.contents as MarkupContent;
  for (const words of expected) expect(value).toContain(words);
  if (on !== undefined) expect(project.document.getText(shown.range)).toBe(on);
}

function checkNothing(marked: string): void {
  const { project, position } = atCaret(marked);
  expect(hover(project, position, columns)).toBeUndefined();
}

describe('hover', () => {
  it('on a key: what it means, what it takes, whether it is required', () => {
    checkHover(
      edited('uses: validate, dataset', 'uses: validate, data|set'),
      ['**dataset**: a text; required', 'The data set to check.'],
      'dataset',
    );
    checkHover(
      edited('learning_rate: "', 'learning_|rate: "'),
      ['0.00001 to 1, unless the project widens it', 'Default: 0.1.'],
      'learning_rate',
    );
    checkHover(edited('datasets:', 'data|sets:'), ['Data sets by name.']);
  });

  it('on a name: its definition as it is written', () => {
    checkHover(edited('dataset: winter', 'dataset: win|ter'), ['**winter**', '{from: flights, where: delay > 1}'], 'winter');
    checkHover(edited('dataset: flights}', 'dataset: fli|ghts}'), ['path: flights.parquet\ntime: date'], 'flights');
    checkHover(edited('features: flight\n', 'features: |flight\n'), ['target:']);
    checkHover(edited('model: train, dataset', 'model: tr|ain, dataset'), ['`train`', 'Trains a model']);
    checkHover(edited('  measure:', '  mea|sure:'), ['`evaluate`', 'Measures a model']);
    checkHover(edited('uses: validate', 'uses: va|lidate'), ['Checks a data set']);
  });

  it('on a column: its type and statistics', () => {
    checkHover(
      edited('numeric: [delay]', 'numeric: [de|lay]'),
      ['**delay**: integer (stored as BIGINT), a column of "winter"', '3 missing, 900 values, from -20 to 180, mean 7.25', '`0` 12'],
      'delay',
    );
    checkHover(edited('"hour(date)"', '"hour(da|te)"'), ['**date**: timestamp'], 'date');
  });

  it('on a reference: its value, but never one of the environment', () => {
    checkHover(edited('${params.rate}', '${params.ra|te}'), ['**params\\.rate**', '0.1']);
    checkHover(edited('"${params.rate}"', '"${env.API_TO|KEN}"'), ['**env\\.API\\_TOKEN** is set in the environment.']);
    const { project, position } = atCaret(edited('"${params.rate}"', '"${env.API_TO|KEN}"'));
    expect(JSON.stringify(hover(project, position, columns))).not.toContain('hush');
    checkHover(edited('"${params.rate}"', '"${env.NO|PE}"'), ['is not set here']);
  });

  it('on nothing: nothing', () => {
    checkNothing(edited('name: flights-project\n', 'name: flights-project\n|\n'));
    checkNothing('|');
    checkNothing('- a\n- |b\n');
  });
});

it('never lets data speak as Markdown, wherever it stands', () => {
  const hostile = [
    '![p](https://evil.example/p.png)',
    '# big',
    '<img src=x>',
    'https://evil.example',
    '| a | b |',
    '```\n![p](x)\n```',
    'a*b*',
  ];
  const known: readonly ColumnProfile[] = hostile.map((name) => ({
    name,
    type: 'category',
    storedAs: `VARCHAR ${name}`,
    missing: 0,
    distinct: 1,
    distinctIsEstimate: false,
    infinite: 0,
    min: name,
    max: name,
    mean: undefined,
    standardDeviation: undefined,
    outliers: undefined,
    histogram: undefined,
    top: [{ value: name, count: 1 }],
  }));
  const quoted = hostile.map((name) => JSON.stringify(name));
  const { document, ...project } = projectOf(
    `name: x\nparams: {${quoted.map((name) => `${name}: ${name}`).join(', ')}}\n` +
      `datasets: {${quoted.map((name) => `${name}: {path: d.csv, where: ${name}}`).join(', ')}}\n` +
      `features: {${quoted.map((name) => `${name}: {target: y, numeric: [${quoted.join(', ')}]}`).join(', ')}}\n` +
      `stages: {${quoted.map((name) => `${name}: {uses: train, dataset: ${name}, features: ${name}}`).join(', ')}}\n`,
  );
  let shown = 0;
  for (let offset = 0; offset < document.getText().length; offset += 3) {
    const found = hover({ document, ...project }, document.positionAt(offset), () => known);
    if (found === undefined) continue;
    const { value } = found.contents as MarkupContent;
    shown++;
    const prose = value.replace(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(prose.replace(/\\[^\w\s]/g, '')).not.toMatch(/[[<|#]|https?:|\w\*\w/);
  }
  expect(shown).toBeGreaterThan(100);
});
