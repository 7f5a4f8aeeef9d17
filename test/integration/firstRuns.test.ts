/** What a newcomer meets on public files: the whole table is `npm run first-runs`. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstRun } from '../../scripts/firstRuns.ts';

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
