/** What runs that were killed left half-written, in places of which nobody else takes care. */
import { removeTornWrites, removeTornWritesIn } from '../../../base/files.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { dropUnfinishedEntries } from './cacheStore.ts';
import { lockPath } from './lockFile.ts';

/** Only for the holder of the run lock: nobody else writes these files. @throws AppError `files.notPlain` */
export async function dropTornWrites(root: string): Promise<void> {
  await removeTornWrites(lockPath(root));
  await removeTornWrites(statePath(root, 'run.holder'));
  await removeTornWritesIn(statePath(root, 'stages'));
  await dropUnfinishedEntries(root);
}
