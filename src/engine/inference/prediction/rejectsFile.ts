/** The file of rows that could not be predicted: where each stood, why, and the kept columns. */
import { extname } from 'node:path';
import type { Budget } from '../../../protocol/stageContext.ts';
import { verbatimName, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import { openTableWriter, type TableColumn, type TableWriter } from '../../data/files/writeTable.ts';
import type { RowFaults } from './inputChecks.ts';
import { takeRows } from '../scoring/takeRows.ts';

const ownColumns: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 'reason', type: 'text' },
];

/** `predictions.parquet` → `predictions.rejects.parquet`, `predictions.csv.gz` → `predictions.rejects.csv.gz`. */
export function rejectsBeside(output: string): string {
  const last = extname(output);
  const extension = last.toLowerCase() === '.gz' ? `${extname(output.slice(0, -last.length))}${last}` : last;
  return `${output.slice(0, output.length - extension.length)}.rejects${extension}`;
}

export interface RejectsFileOptions {
  readonly path: string;
  /** Columns of the data to copy. */
  readonly kept: readonly TableColumn[];
  readonly budget: Budget;
  readonly signal: AbortSignal | undefined;
}

/** Opens its file with the first row; without any there is none. */
export class RejectsFile implements AsyncDisposable {
  readonly #options: RejectsFileOptions;
  /** The kept columns under names that hide neither the row nor the reason. */
  readonly #names: ReadonlyMap<string, string>;
  #writer: TableWriter | undefined;
  #rows = 0;

  constructor(options: RejectsFileOptions) {
    this.#options = options;
    this.#names = keptNames(options.kept);
  }

  /** Rows written so far. */
  get rows(): number {
    return this.#rows;
  }

  /** @param from how many rows of the data came before the chunk */
  async write(chunk: Chunk, faults: RowFaults, from: number): Promise<void> {
    if (faults.size === 0) return;
    const rows = [...faults.keys()].sort((a, b) => a - b);
    const bad = takeRows(chunk, rows);
    const columns: Record<string, ColumnVector> = {
      row: { kind: 'number', values: Float64Array.from(rows, (row) => from + row + 1) },
      reason: { kind: 'text', values: rows.map((row) => faults.get(row)?.join('; ') ?? '') },
    };
    for (const { name } of this.#options.kept) {
      const vector = bad.columns[verbatimName(name)];
      if (vector !== undefined) columns[this.#names.get(name) ?? name] = vector;
    }
    this.#writer ??= await this.#open();
    await this.#writer.write({ rows: rows.length, columns });
    this.#rows += rows.length;
  }

  /** As {@link TableWriter.finish}. */
  async finish(): Promise<void> {
    await this.#writer?.finish();
  }

  /** As {@link TableWriter.commit}. */
  async commit(): Promise<void> {
    await this.#writer?.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
  }

  async #open(): Promise<TableWriter> {
    const { path, kept, budget, signal } = this.#options;
    const renamed = kept.map((column) => ({ ...column, name: this.#names.get(column.name) ?? column.name }));
    return openTableWriter(path, { columns: [...ownColumns, ...renamed], budget, signal });
  }
}

/** Readers of tables do not tell upper from lower case. */
function keptNames(kept: readonly TableColumn[]): ReadonlyMap<string, string> {
  const taken = new Set([...ownColumns, ...kept].map(({ name }) => name.toLowerCase()));
  const clashes = kept.filter(({ name }) => ownColumns.some((own) => own.name === name.toLowerCase()));
  return new Map(
    clashes.map(({ name }) => {
      let free = `kept_${name}`;
      while (taken.has(free.toLowerCase())) free = `kept_${free}`;
      return [name, free];
    }),
  );
}
