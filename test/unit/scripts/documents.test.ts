/** Documents that are made from the code are committed as they are made. */
import { expect, it } from 'vitest';
import { withCommandTables } from '../../../scripts/commandReference.ts';
import { generateErrorIndex, readEntries } from '../../../scripts/errorIndex.ts';
import { generateTexts, withContributions } from '../../../scripts/manifest.ts';
import { checkCommitted } from '../../support/golden.ts';

const entries = readEntries();

it('the tables of docs/command-line.md', () => {
  checkCommitted('docs/command-line.md', withCommandTables);
});

it('what package.json contributes', () => {
  checkCommitted('package.json', (committed) => withContributions(committed));
});

it('package.nls.json', () => {
  checkCommitted('package.nls.json', () => generateTexts());
});

it('docs/errors.md', () => {
  checkCommitted('docs/errors.md', () => generateErrorIndex(entries));
});

it('the index knows errors of every form', () => {
  expect(entries.get('project.busy')?.kinds).toEqual(new Set(['busy'])); // its code is a constant
  expect([...(entries.get('proposal.metricTask')?.messages ?? [])].join()).toContain('no usual metric'); // chosen between two
  expect([...(entries.get('project.unknownName')?.messages ?? [])].join()).toContain('There is no data set'); // a finding
  expect(entries.get('jobs.died')?.messages.size).toBe(1); // a record
});
