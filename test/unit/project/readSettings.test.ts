import { expect, test } from 'vitest';
import { parseReadSettings } from '../../../src/engine/project/schema/readSettings.ts';

const parse = (...settings: string[]) =>
  parseReadSettings(
    settings.map((setting) => {
      const [key = '', text = ''] = setting.split('=');
      return { key, text };
    }),
  );

test('texts become what the definition of read: wants, lists one entry at a time', () => {
  expect(parse('null_values=NA', 'skip=2', 'header=false', 'comment=#', 'null_values=?', 'date_format=%d/%m/%Y', 'skip=3')).toEqual({
    null_values: ['NA', '?'],
    skip: 3,
    header: false,
    comment: '#',
    date_format: '%d/%m/%Y',
  });
  expect(parse()).toEqual({});
});

test.each([
  ['nulls=NA', 'project.unknownReadKey', 'The options are'],
  ['null_value=NA', 'project.unknownReadKey', 'Did you mean "null_values"?'],
  ['constructor=1', 'project.unknownReadKey', 'The options are'],
  ['skip=', 'project.wrongReadValue', 'It must be a whole number of at least 0.'],
  ['decimal=;', 'project.wrongReadValue', 'It must be one of ., ,.'],
  ['date_format=day', 'project.wrongReadValue', 'It must be'],
  ['symbols=', 'project.wrongReadValue', 'It must be a text that is not empty.'],
])('%s is refused', (setting, code, remedy) => {
  expect(() => parse(setting)).toThrow(expect.objectContaining({ code, kind: 'usage', remedy: expect.stringContaining(remedy) as string }));
});
