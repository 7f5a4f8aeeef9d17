/** What is found out about a file once, whatever is then asked of it: how it is read, and the statistics of its columns. */
import type { DatasetProfile } from '../../protocol/dataset.ts';
import { readKeys } from '../data/texts/readingNotes.ts';
import { fileState } from '../data/dataset/fileHashCache.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import type { ProposedReading } from './proposeReading.ts';

export interface ExaminedFile {
  readonly reading: ProposedReading;
  readonly profile: DatasetProfile;
}

/** Remembers the file that was examined last, for as long as it stays as it is: another target does not need it examined anew. */
export class LastExamined {
  #last: { readonly key: string; readonly examined: ExaminedFile } | undefined;

  /**
   * @param key of the file, from before it was examined
   * @returns undefined for another file, or for the same one as it is now
   */
  recall(key: string | undefined): ExaminedFile | undefined {
    return this.#last?.key === key ? this.#last?.examined : undefined;
  }

  remember(key: string | undefined, examined: ExaminedFile): void {
    this.#last = key === undefined ? undefined : { key, examined };
  }
}

/** What tells a file's content and its reading from all others; undefined where there is not one file, but a glob of several. */
export async function examinationKey(path: string, read: ReadOptions): Promise<string | undefined> {
  const { stamp } = await fileState(path).catch(() => ({ stamp: undefined })); // whoever reads the file says what is wrong with it
  return stamp === undefined ? undefined : [path, stamp, readKeys(read)].join('\n');
}
