/** Describes one data file, whether or not a project knows it: columns, types, missing values, ranges, frequent values. */
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { limitDefaults } from '../../protocol/tables/dataChecks.ts';
import type { Column, DatasetProfile } from '../../protocol/dataset.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { columnStatistics } from './statistics/columnStatistics.ts';
import { createDatasetView } from './dataset/datasetView.ts';
import type { DatasetView } from './dataset/viewedDataset.ts';
import { describedTable } from './dataset/describedTable.ts';
import { openDuckdb, type Duckdb } from './sql/duckdb.ts';
import { locateFiles } from './files/locateFiles.ts';
import { planDataset } from './dataset/planDataset.ts';
import { readingFailure } from './dataset/readingFailure.ts';
import type { ReadingNote } from './texts/readingNotes.ts';

export interface ProfileOptions {
  readonly read?: ReadOptions | undefined;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
  /** The statistics of this very file, where they are known from before. */
  readonly known?: DatasetProfile | undefined;
}

/** A described file that is still open for questions. */
export interface ProfiledFile {
  readonly profile: DatasetProfile;
  readonly duckdb: Duckdb;
  /** The quoted name of its rows. */
  readonly from: string;
  /** How times are written that are texts, by column. */
  readonly formats: ReadonlyMap<string, string>;
  /** What is to be said of how columns are read. */
  readonly notes: readonly ReadingNote[];
}

/**
 * @param path a file or a glob; a relative one starts from the working directory
 * @throws AppError `dataset.…` when it cannot be read, `dataset.noRows` when it is empty; CancelledError
 */
export async function profileFile(path: string, options: ProfileOptions): Promise<DatasetProfile> {
  return withProfiledFile(path, options, async ({ profile }) => Promise.resolve(profile));
}

/** How a file's columns are read, and what is to be said of it. */
export interface FileReading {
  readonly columns: readonly Column[];
  readonly formats: ReadonlyMap<string, string>;
  readonly notes: readonly ReadingNote[];
}

/** @throws AppError `dataset.…` when it cannot be read; CancelledError */
export async function readingOf(path: string, options: ProfileOptions): Promise<FileReading> {
  return withView(path, options, async ({ view: { columns, formats, source } }) =>
    Promise.resolve({ columns, formats, notes: source.notes }),
  );
}

/** Describes a file and asks it more before it is closed. */
export async function withProfiledFile<T>(path: string, options: ProfileOptions, work: (file: ProfiledFile) => Promise<T>): Promise<T> {
  const { signal, known } = options;
  return withView(path, options, async ({ duckdb, view }) => {
    try {
      const table = await describedTable(duckdb, view, signal);
      const { rows } = table;
      if (rows === 0) throw noRows(path);
      const columns = known?.columns ?? (await columnStatistics(duckdb, table, { signal, deviations: limitDefaults.outlier_deviations }));
      const { formats, source } = view;
      return await work({ profile: { path, rows, columns }, duckdb, from: table.from, formats, notes: source.notes });
    } catch (error) {
      throw await readingFailure(error, duckdb, view, view.columns);
    }
  });
}

async function withView<T>(
  path: string,
  { read = {}, budget, signal }: ProfileOptions,
  work: (opened: { duckdb: Duckdb; view: DatasetView }) => Promise<T>,
): Promise<T> {
  const root = process.cwd();
  const plan = planDataset({ datasets: { file: { path, read } } }, 'file', new Date(0));
  const files = await locateFiles(root, { pattern: path, read, key: 'path' });
  const duckdb = await openDuckdb(budget, { files: files.paths });
  try {
    return await work({ duckdb, view: await createDatasetView(duckdb, { plan, files, root: dirname(files.paths[0] ?? root), signal }) });
  } finally {
    await duckdb.close();
  }
}

function noRows(path: string): AppError {
  return new AppError('dataset.noRows', t('{path} has no rows.', { path }), {
    args: { path },
    remedy: t('Write data to the file: it holds nothing besides its header.'),
  });
}
