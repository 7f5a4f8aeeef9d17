import { describe, expect, it } from 'vitest';
import {
  fileFormats,
  formatByName,
  formatWords,
  offeredFiles,
  writtenFormat,
  writtenWords,
} from '../../../src/protocol/tables/fileFormats.ts';

describe('the name of a file', () => {
  it.each([
    ['a.csv', { format: 'csv', ending: 'csv', gzip: false }],
    ['data/A.CSV.GZ', { format: 'csv', ending: 'csv', gzip: true }],
    ['a.tab', { format: 'tsv', ending: 'tab', gzip: false }],
    ['a.b.ndjson.gz', { format: 'jsonl', ending: 'ndjson', gzip: true }],
    ['a.pq', { format: 'parquet', ending: 'pq', gzip: false }],
    ['folder.csv/rows', undefined],
    ['a.gz', undefined],
    ['csv', undefined],
    ['a.xlsx', undefined],
  ])('%s', (name, expected) => {
    expect(formatByName(name)).toEqual(expected);
  });

  it.each(['a.csv', 'a.tsv', 'a.jsonl', 'a.ndjson', 'a.csv.gz', 'a.parquet'])('%s can be written', (name) => {
    expect(writtenFormat(name)).toEqual(formatByName(name));
  });

  it.each(['a.parquet.gz', 'a.txt', 'a.json', 'a'])('%s cannot', (name) => {
    expect(writtenFormat(name)).toBeUndefined();
  });
});

it('offers and writes nothing that is not read', () => {
  for (const { endings, offered, written } of Object.values(fileFormats)) {
    expect(endings).toEqual(expect.arrayContaining([...offered, ...written]));
    expect(new Set(endings).size).toBe(endings.length);
  }
});

it('offers files by their names, whatever the case', () => {
  const offered = new RegExp(offeredFiles, 'i');
  for (const name of ['a.csv', 'A.CSV', 'a.csv.gz', 'a.tab', 'a.ndjson', 'a.pq']) expect(name).toMatch(offered);
  for (const name of ['a.txt', 'package.json', 'a.parquet.gz', 'a.csv.txt', 'csv']) expect(name).not.toMatch(offered);
});

it('says them in words', () => {
  expect(formatWords(' or ')).toBe('CSV, TSV, Parquet or JSON Lines');
  expect(writtenWords(' or ')).toBe('.csv, .tsv, .parquet, .jsonl or .ndjson');
});
