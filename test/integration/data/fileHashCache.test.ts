/** What is remembered of files: believed where this user's Millwright wrote it, and never where it came with the folder. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { delay } from '../../../src/base/abort.ts';
import { sha256 } from '../../../src/base/hash.ts';
import { fileState } from '../../../src/engine/data/dataset/fileHashCache.ts';
import { temporaryFolder } from '../../support/project.ts';

const forged = sha256('another file');

/** A file so old that its hash is remembered. */
async function project(): Promise<{ readonly root: string; readonly path: string; readonly cache: string }> {
  const root = temporaryFolder('hashes');
  const path = join(root, 'model.onnx');
  writeFileSync(path, 'the file');
  utimesSync(path, 1, 1);
  await delay(2100);
  return { root, path, cache: join(root, '.millwright/cache/hashes.db') };
}

/** The file's hash as a process says that has asked for nothing before. */
async function hashAnew(root: string, path: string): Promise<string> {
  vi.resetModules();
  const { hashKnownFile } = await import('../../../src/engine/data/dataset/fileHashCache.ts');
  return (await hashKnownFile(root, path)).sha256;
}

function change(cache: string, ...statements: readonly string[]): void {
  mkdirSync(dirname(cache), { recursive: true });
  using database = new DatabaseSync(cache);
  for (const statement of statements) database.exec(statement);
}

it('is believed as it was written, and not as it was changed', async () => {
  const { root, path, cache } = await project();
  const hash = (): Promise<string> => hashAnew(root, path);
  expect(await hash()).toBe(sha256('the file'));
  const rows = (): readonly unknown[] => {
    using database = new DatabaseSync(cache, { readOnly: true });
    return database.prepare('SELECT sha256 FROM marked_files').all();
  };
  expect(rows()).toHaveLength(1);
  change(cache, `UPDATE marked_files SET sha256 = '${forged}'`);
  expect(await hash()).toBe(sha256('the file'));
  expect(rows()).toEqual([{ sha256: sha256('the file') }]); // it was read again, and remembered anew
});

it('is not believed where it came with the folder, whatever its tables are', async () => {
  const { root, path, cache } = await project();
  const { stamp } = await fileState(path);
  const row = `'${path}', '${stamp}', '${forged}'`;
  const hostile: readonly (readonly string[])[] = [
    ['CREATE TABLE files (path TEXT, stamp TEXT, sha256 TEXT)', `INSERT INTO files VALUES (${row})`],
    ['CREATE TABLE marked_files (path TEXT, stamp TEXT, sha256 TEXT, mark TEXT)', `INSERT INTO marked_files VALUES (${row}, '${forged}')`],
    [`CREATE VIEW marked_files AS SELECT '${path}' AS path, '${stamp}' AS stamp, '${forged}' AS sha256, '${forged}' AS mark`],
    ['CREATE TABLE marked_files (other TEXT)'],
    [
      'CREATE TABLE marked_files (path BLOB, stamp BLOB, sha256 BLOB, mark BLOB)',
      `INSERT INTO marked_files VALUES ('${path}', '${stamp}', x'00', x'00')`,
    ],
  ];
  for (const statements of hostile) {
    if (existsSync(cache)) change(cache, 'DROP TABLE IF EXISTS marked_files', 'DROP TABLE IF EXISTS files');
    change(cache, ...statements);
    for (let again = 0; again < 2; again++) expect(await hashAnew(root, path), statements[0]).toBe(sha256('the file'));
  }
});
