/**
 * A database that cannot be read where it lies without writing there, read from a copy instead: a killed writer's journal has to be
 * played back, or the database keeps a log (`-wal`), for which SQLite makes files beside it.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyDatabaseFile, readDatabaseHead } from '../../../base/databaseFile.ts';
import { AppError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { formatBytes } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { requirePlainDatabase } from '../../../base/plainPath.ts';
import { copyFile, makePrivateFolder, removePrivateFolder } from '../../../base/trees.ts';

/** More than the stores of years hold, and less than would fill a disk unasked. */
const mostBytes = 2 ** 30;

/** What holds the content; `-shm` is an index that SQLite makes anew. */
const parts = ['', '-journal', '-wal'] as const;

export interface DatabaseCopy extends Disposable {
  readonly connection: DatabaseSync;
  /** {@link databaseStamp} of what was copied. */
  readonly stamp: string;
}

/** Whether the header says that changes go to a log beside the file (sqlite.org/fileformat.html, offsets 18 and 19). */
export function keepsLog(path: string): boolean {
  const head = readDatabaseHead(path, 20);
  return head?.length === 20 && (head[18] === 2 || head[19] === 2);
}

/** Size, time and identity of the database's files: equal texts mean that nobody wrote to them in between. */
export function databaseStamp(path: string): string {
  return parts
    .map((suffix) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path + suffix, { bigint: true });
        return [dev, ino, size, mtimeNs, ctimeNs].join(':');
      } catch (error) {
        if (isMissing(error)) return '';
        throw error;
      }
    })
    .join(' ');
}

/**
 * Copies the database and opens the copy, which ends with the disposal.
 * @returns undefined where somebody wrote to it meanwhile
 * @throws AppError `tracking.tooLargeToCopy`, `files.notPlain`, `files.journalOfOthers`, `files.diskFull`; SQLite's error
 */
export async function openDatabaseCopy(path: string): Promise<DatabaseCopy | undefined> {
  requirePlainDatabase(path);
  requireCopyable(path);
  const stamp = databaseStamp(path);
  const folder = await makePrivateFolder();
  try {
    const copy = join(folder, 'copy.db');
    await copyDatabaseFile(path, copy);
    for (const suffix of ['-journal', '-wal']) {
      await copyFile(path + suffix, copy + suffix).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
    if (databaseStamp(path) !== stamp) {
      removePrivateFolder(folder);
      return undefined;
    }
    requirePlainDatabase(copy);
    const connection = new DatabaseSync(copy, { timeout: 0 });
    connection.exec('PRAGMA trusted_schema = OFF');
    return {
      connection,
      stamp,
      [Symbol.dispose]() {
        connection.close();
        removePrivateFolder(folder);
      },
    };
  } catch (error) {
    removePrivateFolder(folder);
    throw error;
  }
}

function requireCopyable(path: string): void {
  const size = parts.reduce((sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0), 0);
  if (size <= mostBytes) return;
  const args = { path, size: formatBytes(size) };
  throw new AppError(
    'tracking.tooLargeToCopy',
    t(
      '{path} cannot be read without writing beside it: a program died while it wrote there, or keeps a log. It holds {size}, too much for a copy.',
      args,
    ),
    {
      kind: 'environment',
      args,
      remedy: t(
        'Run any Millwright or MLflow command that writes here: that undoes what is half-done. PRAGMA journal_mode = DELETE ends the log.',
      ),
    },
  );
}
