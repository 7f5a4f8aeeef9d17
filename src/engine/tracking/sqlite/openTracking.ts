/** The front door for reading runs: finds a project's store. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requirePlain } from '../../../base/plainPath.ts';
import { SqliteTrackingReader } from './sqliteTrackingReader.ts';
import type { TrackingReader } from '../store/trackingStore.ts';
import { databaseName } from '../../../protocol/storedNames.ts';

/** Where a project's runs and models are stored: the place MLflow itself looks at by default. */
export function trackingDatabase(root: string): string {
  return join(root, databaseName);
}

/**
 * A reader of the project's runs; it never writes and never blocks a writer for long.
 * @param root real path of the project folder
 * @throws AppError `files.notPlain`
 * @returns undefined where nothing has been tracked yet
 */
export function openTrackingReader(root: string): TrackingReader | undefined {
  const path = trackingDatabase(root);
  requirePlain(path); // a dangling link is not the same as nothing
  return existsSync(path) ? new SqliteTrackingReader(path) : undefined;
}
