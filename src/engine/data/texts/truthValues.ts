/** Truth values in files without types: which columns hold them, and how they are spelled. */
import type { TruthNames } from '../../../protocol/dataset.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { quoteName } from '../sql/sqlText.ts';

export interface TruthSearch {
  /** The files as a table of texts, for a FROM clause. */
  readonly from: string;
  /** Columns of which every text can be read as a truth value. */
  readonly columns: readonly string[];
  readonly signal: AbortSignal | undefined;
}

export interface TruthSpelling {
  /** Whether every text is "true" or "false" in some capitals. DuckDB reads `yes`, `no`, `t` and `f` as truth values, too; other tools read them as texts. */
  readonly isPlain: boolean;
  /** The most frequent spelling of each. */
  readonly names: TruthNames;
}

/** Reads every value of the columns. @throws what reading the files throws; CancelledError */
export async function findTruths(duckdb: Duckdb, { from, columns, signal }: TruthSearch): Promise<ReadonlyMap<string, TruthSpelling>> {
  if (columns.length === 0) return new Map();
  const counts = columns.map((name, index) => `map_entries(histogram(${quoteName(name)})) AS c${index}`);
  const [row] = await duckdb.query(`SELECT ${counts.join(', ')} FROM ${from}`, signal);
  return new Map(
    columns.map((name, index) => {
      const entries = (row?.[`c${index}`] ?? []) as readonly { readonly key: string; readonly value: bigint }[];
      return [name, spellingOf(entries)];
    }),
  );
}

const truths: Readonly<Record<string, 0 | 1>> = { false: 0, f: 0, no: 0, n: 0, '0': 0, true: 1, t: 1, yes: 1, y: 1, '1': 1 };

function spellingOf(entries: readonly { readonly key: string; readonly value: bigint }[]): TruthSpelling {
  const frequentFirst = entries.toSorted((a, b) => Number(b.value - a.value) || (a.key < b.key ? -1 : 1));
  const nameOf = (truth: 0 | 1): string | undefined => frequentFirst.find(({ key }) => truths[key.toLowerCase()] === truth)?.key;
  const isPlain = entries.every(({ key }) => /^(true|false)$/i.test(key));
  return { isPlain, names: [nameOf(0) ?? 'false', nameOf(1) ?? 'true'] };
}
