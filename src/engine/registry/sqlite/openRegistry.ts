/** The front door for reading registered models: they live in the store that holds the runs. */
import { existsSync } from 'node:fs';
import { requirePlain } from '../../../base/plainPath.ts';
import { trackingDatabase } from '../../tracking/sqlite/openTracking.ts';
import type { RegistryReader } from '../store/registryStore.ts';
import { SqliteRegistryReader } from './sqliteRegistryReader.ts';

/**
 * A reader of the project's registered models.
 * @param root real path of the project folder
 * @throws AppError `files.notPlain`
 * @returns undefined where nothing has been stored yet
 */
export function openRegistryReader(root: string): RegistryReader | undefined {
  const path = trackingDatabase(root);
  requirePlain(path); // a dangling link is not the same as nothing
  return existsSync(path) ? new SqliteRegistryReader(path) : undefined;
}
