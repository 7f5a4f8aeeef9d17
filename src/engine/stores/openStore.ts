/** The door to a project's runs and registered models, for reading; what changes them comes through `openStoreWriter`. */
import { databaseFiles, databasePath, databaseUri } from '../tracking/sqlite/databasePlace.ts';
import { SqliteTrackingReader } from '../tracking/sqlite/sqliteTrackingReader.ts';
import type { TrackingReader } from '../tracking/store/trackingStore.ts';
import { SqliteRegistryReader } from '../registry/sqlite/sqliteRegistryReader.ts';
import type { RegistryReader } from '../registry/store/registryStore.ts';
import { locateStore, type ProjectPlace, type StorePlace, type StoreScheme } from './storePlace.ts';

/** A store that is there, or will be with the first change: until then it holds nothing. */
export interface Store {
  /** What a client of MLflow is told, wherever it runs. */
  readonly uri: string;
  /** Absolute paths of files whose change is one of the store; none where only the store itself can tell. */
  readonly files: readonly string[];
  tracking(): TrackingReader;
  registry(): RegistryReader;
}

const kinds: Readonly<Record<StoreScheme, (place: StorePlace) => Store>> = {
  sqlite: ({ root, uri }) => {
    const path = databasePath(root, uri);
    return {
      uri: databaseUri(path),
      files: databaseFiles(path),
      tracking: () => new SqliteTrackingReader(path),
      registry: () => new SqliteRegistryReader(path),
    };
  },
};

/** Readers write nothing, and hold nothing that a writer waits for. @throws AppError `store.unknownScheme` */
export function openStore(project: ProjectPlace): Store {
  const place = locateStore(project);
  return kinds[place.scheme](place);
}
