/** A data set as views in DuckDB: what its rows are narrowed, drawn and read by. */
import type { Column } from '../../../protocol/dataset.ts';
import type { LocatedFiles } from '../files/locateFiles.ts';
import type { DatasetPlan } from './planDataset.ts';
import type { TableSource, Verbatim } from '../files/sourceColumns.ts';

export interface DatasetView {
  readonly plan: DatasetPlan;
  readonly root: string;
  readonly files: LocatedFiles;
  readonly source: TableSource;
  readonly columns: readonly Column[];
  /** The quoted name of the view with all rows, and of the one with the rows that belong to the data set. */
  readonly base: string;
  readonly sql: string;
  /** How times are written, by column. */
  readonly formats: ReadonlyMap<string, string>;
  /** Columns of which values that do not fit are set aside, by name. */
  readonly asides: ReadonlyMap<string, Aside>;
  /** Texts of values as they stand in the files, of the columns that were asked for so. */
  readonly verbatim: ReadonlyMap<string, Verbatim>;
}

/** Further columns of the view, by their names in SQL. */
export interface Aside {
  /** The column with NULL for what does not fit. */
  readonly fitting: string;
  /** The texts of what does not fit. */
  readonly misfits: string;
}
