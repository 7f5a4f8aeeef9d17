/** What a newcomer meets on public files: the whole table is `npm run first-runs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstRun } from '../../scripts/firstRuns.ts';
import { temporaryFolder } from '../support/project.ts';
import { random } from '../support/trainingProject.ts';

const data = join(import.meta.dirname, '../../node_modules/vega-datasets/data');

test.each([
  ['iowa-electricity.csv', undefined, 'net_generation'],
  ['stocks.csv', 'symbol', 'symbol'],
  ['gapminder-health-income.csv', undefined, 'income'],
  ['gapminder-health-income.csv', 'region', 'region'],
  ['lookup_people.csv', undefined, 'height'],
  ['barley.json', 'yield', 'yield'],
] as const)('%s with the target %s runs to the end', async (file, drawn, target) => {
  expect(await firstRun(join(data, file), drawn)).toMatchObject({ outcome: 'ran', target });
});

test.each([
  ['la-riots.csv', undefined, 'init.doubtfulTarget'],
  ['gapminder-health-income.csv', 'country', 'proposal.tooManyClasses'],
] as const)('%s with the target %s is refused before anything is written: %s', async (file, drawn, code) => {
  expect(await firstRun(join(data, file), drawn)).toMatchObject({ outcome: 'refused', code });
});

const next = random(7);
const day = (row: number): string => new Date(Date.UTC(2013, 0, 1) + row * 9 * 3_600_000).toISOString();
const number = (): string => next().toFixed(4);

/** Each row of a file whose shape alone once made the first run fail. */
const shapes: Readonly<Record<string, readonly [header: string, row: (row: number) => string]>> = {
  'columns called as what comes of a time': [
    'time_hour,hour,weekday,month,x,late',
    (row) => `${day(row)},${(row * 9) % 24},${row % 7},${row % 12},${number()},${row % 2}`,
  ],
  'few columns that repeat whole rows': ['a,b,c,late', (row) => `${row % 3},${row % 2},${row % 4},${next() < 0.3 + (row % 3) / 5 ? 1 : 0}`],
  'a class of the latest rows only': [
    'start,x,late',
    (row) => `${day(row)},${number()},${row >= 380 ? 'new' : row % 2 === 0 ? 'yes' : 'no'}`,
  ],
  'a class of the later rows only of those learned from': [
    'start,x,late',
    (row) => `${day(row)},${number()},${row >= 290 && row % 3 === 0 ? 'retired' : row % 2 === 0 ? 'yes' : 'no'}`,
  ],
};

test.each(Object.entries(shapes))('%s: the first run goes to its end', async (_shape, [header, row]) => {
  const file = join(temporaryFolder('shape'), 'data.csv');
  writeFileSync(file, [header, ...Array.from({ length: 400 }, (_, index) => row(index)), ''].join('\n'));
  expect(await firstRun(file, 'late')).toMatchObject({ outcome: 'ran', target: 'late' });
});

test('a target that nearly all rows share is refused before anything is written', async () => {
  const file = join(temporaryFolder('shape'), 'data.csv');
  writeFileSync(
    file,
    ['site,x,count', ...[0, 0, 3, 0, 0, 1.5, 0, 2].map((count, index) => `s${index},${index % 3},${count}`), ''].join('\n'),
  );
  expect(await firstRun(file, 'count')).toMatchObject({ outcome: 'refused', code: 'proposal.nearlyConstant' });
});
