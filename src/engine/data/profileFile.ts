/** Describes one data file, whether or not a project knows it: columns, types, missing values, ranges, frequent values. */
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { DatasetProfile } from '../../protocol/dataset.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { columnStatistics } from './columnStatistics.ts';
import { typedExpression } from './columnTypes.ts';
import { createDatasetView, readingFailure } from './datasetView.ts';
import type { DatasetView } from './viewedDataset.ts';
import { describedTable } from './describedTable.ts';
import { openDuckdb, type Duckdb } from './duckdb.ts';
import { locateFiles } from './locateFiles.ts';
import { planDataset } from './planDataset.ts';
import { quoteName } from './sqlText.ts';
import { defaultDeviations } from './validationLimits.ts';

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
  /** Times written in another way than ISO 8601: read as this file shows them, they cannot be declared. */
  readonly guessedTimes: readonly string[];
}

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
      const table = await describedTable(duckdb, view, signal);
      const { rows } = table;
      if (rows === 0) throw noRows(path);
      const guessedTimes = await findGuessedTimes(duckdb, view, files.paths);
      const columns = await columnStatistics(duckdb, table, { signal, deviations: defaultDeviations });
      return await work({ profile: { path, rows, columns }, duckdb, from: table.from, guessedTimes });
    } catch (error) {
      throw await readingFailure(error, duckdb, view, view.columns);
    }
  } finally {
    await duckdb.close();
  }
}

async function findGuessedTimes(duckdb: Duckdb, view: DatasetView, paths: readonly string[]): Promise<string[]> {
  const times = view.source.lenient ? view.columns.filter(({ type }) => type === 'timestamp') : [];
  const guessed: string[] = [];
  for (const { name } of times) {
    const misfit = typedExpression(quoteName(name), 'VARCHAR', 'timestamp', true)?.misfit;
    if (misfit === undefined) continue;
    for (const path of paths) {
      const found = await duckdb.query(`SELECT 1 FROM ${view.source.plainSql(path)} WHERE ${misfit} LIMIT 1`);
      if (found.length > 0 && !guessed.includes(name)) guessed.push(name);
    }
  }
  return guessed;
}

function noRows(path: string): AppError {
  return new AppError('dataset.noRows', t('{path} has no rows.', { path }), {
    args: { path },
    remedy: t('Write data to the file: it holds nothing besides its header.'),
  });
}
