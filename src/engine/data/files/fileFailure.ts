/** Failures of reading files, in words for people. */
import { isCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { fileFormats, knownDelimiter, type FileFormatName } from '../../../protocol/tables/fileFormats.ts';
import { findCsvFault } from './csvFault.ts';
import { readCsvHead, type CsvEncoding, type CsvLayout } from './csvHead.ts';
import { readDuckdbFailure } from '../sql/duckdbError.ts';
import { findJsonFault } from './jsonFault.ts';
import { portablePath, type LocatedFiles } from './locateFiles.ts';
import { readDefaults, type ReadOptions } from '../../project/definitions/dataset.ts';

export interface ReadingContext {
  readonly root: string;
  readonly files: LocatedFiles;
  /** The files to look for the fault in; all of the data set's where it is not known. */
  readonly paths: readonly string[];
  readonly read: ReadOptions;
  readonly delimiter: string | undefined;
  /** Where the data set's path is written. */
  readonly key: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Why files could not be read: the first faulty row or byte where one can be found, else DuckDB's own sentence.
 * Returns (rather than throws) the error to throw.
 */
export async function fileFailure(error: unknown, context: ReadingContext): Promise<Error> {
  const isOutOfMemory = AppError.is(error, 'dataset.outOfMemory'); // as a fault of the file can be why
  if (!isOutOfMemory && (AppError.is(error) || isCancelled(error))) return error as Error;
  const failure = readDuckdbFailure(error);
  for (const path of context.paths) {
    const fault = await faults[context.files.format](path, context);
    if (fault !== undefined) return fault;
  }
  if (isOutOfMemory) return error;
  const path = portablePath(context.root, context.paths[0] ?? '');
  const reason = failure?.message ?? (error instanceof Error ? error.message : String(error));
  return new AppError(
    'dataset.unreadable',
    t('{path} cannot be read as {format}: {reason}', { path, format: context.files.format, reason }),
    {
      args: { path, format: context.files.format, key: context.key },
      cause: error,
      remedy: fileFormats[context.files.format].isText
        ? t('Check the file, or say how it is to be read with "read:".')
        : t('The file is damaged or was not written to its end. Write it again from its source.'),
    },
  );
}

type FaultSearch = (path: string, context: ReadingContext) => Promise<AppError | undefined>;

/** How the faulty row of a file is found, by its format. */
const faults: Readonly<Record<FileFormatName, FaultSearch>> = {
  csv: findDelimitedFault,
  tsv: findDelimitedFault,
  parquet: async () => Promise.resolve(undefined),
  jsonl: async (path, { root, files: { gzip }, signal, key }) => findJsonFault(path, { file: portablePath(root, path), gzip, signal, key }),
};

async function findDelimitedFault(path: string, context: ReadingContext): Promise<AppError | undefined> {
  const file = portablePath(context.root, path);
  const { format, gzip } = context.files;
  const { signal, key } = context;
  const encoding: CsvEncoding = context.read.encoding ?? readDefaults.encoding;
  const delimiter = context.read.delimiter ?? context.delimiter ?? knownDelimiter(format);
  const layout = await readLayout(path, context);
  return findCsvFault(path, { file, gzip, encoding, delimiter, layout, signal, key });
}

/** What stands in the file besides its rows; what the project says of it, where the start of the file cannot be read. */
async function readLayout(path: string, { read, files }: ReadingContext): Promise<Pick<CsvLayout, 'skip' | 'comment'>> {
  try {
    return (await readCsvHead(path, { ...read, gzip: files.gzip, encoding: read.encoding ?? readDefaults.encoding })).layout;
  } catch {
    return { skip: read.skip ?? readDefaults.skip, comment: read.comment }; // why it cannot be read is what is being looked for
  }
}
