/** Describes one data file, whether or not a project knows it: columns, types, missing values, ranges, frequent values. */
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { DatasetProfile } from '../../protocol/dataset.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { columnStatistics, profileOf, stageView } from './columnStatistics.ts';
import { createDatasetView, readingFailure } from './datasetView.ts';
import { openDuckdb, type Duckdb } from './duckdb.ts';
import { locateFiles } from './locateFiles.ts';
import { planDataset } from './planDataset.ts';

export interface ProfileOptions {
  readonly read?: ReadOptions | undefined;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
}

/** A described file that is still open for questions. */
export interface ProfiledFile {
  readonly profile: DatasetProfile;
  readonly duckdb: Duckdb;
  /** The quoted name of its rows. */
  readonly from: string;
}

const topValues = 10;

/**
 * @param path a file or a glob; a relative one starts from the working directory
 * @throws AppError `dataset.…` when it cannot be read, `dataset.noRows` when it is empty; CancelledError
 */
export async function profileFile(path: string, options: ProfileOptions): Promise<DatasetProfile> {
  return withProfiledFile(path, options, async ({ profile }) => Promise.resolve(profile));
}

/** Describes a file and asks it more before it is closed. */
export async function withProfiledFile<T>(path: string, options: ProfileOptions, work: (file: ProfiledFile) => Promise<T>): Promise<T> {
  const { signal } = options;
  const root = process.cwd();
  const read = options.read ?? {};
  const plan = planDataset({ datasets: { file: { path, read } } }, 'file', new Date(0));
  const files = await locateFiles(root, { pattern: path, read, key: 'path' });
  const duckdb = await openDuckdb(options.budget, { files: files.paths });
  try {
    const view = await createDatasetView(duckdb, { plan, files, root: dirname(files.paths[0] ?? root), signal });
    try {
      const staged = await stageView(duckdb, view, signal);
      const [count] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${staged.sql}`, signal);
      const rows = Number(count?.n);
      if (rows === 0) throw noRows(path);
      const columns = (await columnStatistics(duckdb, staged, { signal, topValues })).map(profileOf);
      return await work({ profile: { path, rows, columns }, duckdb, from: staged.sql });
    } catch (error) {
      throw await readingFailure(error, duckdb, view, view.columns);
    }
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
