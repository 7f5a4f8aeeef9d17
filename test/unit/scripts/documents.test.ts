/** Documents that are made from the code are committed as they are made. */
import { expect, it } from 'vitest';
import { withCommandTables } from '../../../scripts/commandReference.ts';
import { generateErrorIndex, readEntries } from '../../../scripts/errorIndex.ts';
import { generateTexts, withContributions } from '../../../scripts/manifest.ts';
import { withSettingsTable } from '../../../scripts/settingsReference.ts';
import { withTagTable } from '../../../scripts/tagReference.ts';
import * as storedNames from '../../../src/protocol/tables/storedNames.ts';
import { checkCommitted } from '../../support/golden.ts';

const entries = readEntries();

it('the tables of docs/command-line.md', () => {
  checkCommitted('docs/command-line.md', withCommandTables);
});

it('the settings of docs/editor.md', () => {
  checkCommitted('docs/editor.md', withSettingsTable);
});

it('the tags of docs/tracking.md, every one', () => {
  const names = Object.entries(storedNames).flatMap(([name, value]) => (name.endsWith('Tag') ? [value] : []));
  expect(storedNames.storedTags.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  checkCommitted('docs/tracking.md', withTagTable);
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
