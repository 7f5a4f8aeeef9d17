/** Describes one data file, whether or not a project knows it: columns, types, missing values, ranges, frequent values. */
import { dirname } from 'node:path';
import type { DatasetProfile } from '../../protocol/dataset.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { columnStatistics, profileOf, stageView } from './columnStatistics.ts';
import { createDatasetView, readingFailure } from './datasetView.ts';
import { openDuckdb } from './duckdb.ts';
import { locateFiles } from './locateFiles.ts';
import { planDataset } from './planDataset.ts';

export interface ProfileOptions {
  readonly read?: ReadOptions | undefined;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
}

const topValues = 10;

/**
 * @param path a file or a glob; a relative one starts from the working directory
 * @throws AppError `dataset.…` when it cannot be read; CancelledError
 */
export async function profileFile(path: string, options: ProfileOptions): Promise<DatasetProfile> {
  const { signal } = options;
  const name = 'file';
  const plan = planDataset({ datasets: { [name]: { path, read: options.read ?? {} } } }, name, new Date(0));
  if (plan.source.kind !== 'files') throw new RangeError('a path has files');
  const root = process.cwd();
  const files = await locateFiles(root, { ...plan.source, key: 'path' });
  const duckdb = await openDuckdb(options.budget, { files: files.paths });
  try {
    const view = await createDatasetView(duckdb, { plan, files, root: dirname(files.paths[0] ?? root), signal });
    try {
      const staged = await stageView(duckdb, view, signal);
      const [count] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${staged.sql}`, signal);
      const statistics = await columnStatistics(duckdb, staged, { signal, topValues });
      return { path, rows: Number(count?.n), columns: statistics.map(profileOf) };
    } catch (error) {
      throw await readingFailure(error, duckdb, view, view.columns);
    }
  } finally {
    await duckdb.close();
  }
}
