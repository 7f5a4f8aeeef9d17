/** The door to a project's runs and registered models, for changes: only what goes through `change()` may open it. */
import { databasePath } from '../tracking/sqlite/databasePlace.ts';
import { SqliteTrackingWriter } from '../tracking/sqlite/sqliteTrackingWriter.ts';
import type { TrackingWriter } from '../tracking/store/trackingStore.ts';
import { SqliteRegistryWriter } from '../registry/sqlite/sqliteRegistryWriter.ts';
import type { RegistryWriter } from '../registry/store/registryStore.ts';
import { locateStore, type ProjectPlace, type StorePlace, type StoreScheme } from './storePlace.ts';

/** A store is made with its first change, not before. */
export interface WritableStore {
  tracking(): TrackingWriter;
  registry(): RegistryWriter;
}

const kinds: Readonly<Record<StoreScheme, (place: StorePlace) => WritableStore>> = {
  sqlite: ({ root, uri }) => {
    const path = databasePath(root, uri);
    return { tracking: () => new SqliteTrackingWriter(path), registry: () => new SqliteRegistryWriter(path) };
  },
};

/** @throws AppError `store.unknownScheme` */
export function openStoreWriter(project: ProjectPlace): WritableStore {
  const place = locateStore(project);
  return kinds[place.scheme](place);
}
