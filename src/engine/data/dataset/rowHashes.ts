/** Rows as numbers that are equal where the rows are equal in every column. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import type { DatasetReader } from './datasetReader.ts';
import { quoteName } from '../sql/sqlText.ts';

const hashName = '__millwright_row__';

export interface HashedValues {
  readonly columns: readonly Column[];
  /** SQL expressions over one row that count besides. */
  readonly expressions?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The hash of every row over the columns, in the order of the rows: 53 bits, which float64 holds exactly. Among three million
 * rows one pair of unequal rows has equal hashes with a probability of 1 in 2,000; a verdict needs thousands of pairs.
 * NULL and NaN, both of which mean missing, are equal.
 * @throws AppError `dataset.changed`, and as the reader does, also for values of columns that no feature reads; CancelledError
 */
export async function readRowHashes(reader: DatasetReader, { columns, expressions = [], signal }: HashedValues): Promise<Float64Array> {
  const rows = await reader.rows();
  const hashes = new Float64Array(rows);
  let from = 0;
  for await (const chunk of reader.chunks({ columns: [], expressions: { [hashName]: rowHash(columns, expressions) }, signal })) {
    const vector = chunk.columns[hashName];
    if (vector?.kind !== 'number' || from + chunk.rows > rows) throw dataChanged(reader.name);
    hashes.set(vector.values, from);
    from += chunk.rows;
  }
  if (from !== rows) throw dataChanged(reader.name);
  return hashes;
}

function dataChanged(dataset: string): AppError {
  return new AppError('dataset.changed', t('The data set "{dataset}" changed while it was read.', { dataset }), {
    args: { dataset },
    remedy: t('Run the stage again when nothing writes to the data.'),
  });
}

/** SQL of a row's hash. Columns of one type at a time, so that equal rows of two files agree however each stores its numbers. */
function rowHash(columns: readonly Column[], expressions: readonly string[]): string {
  return `(hash(${[...columns.map(comparable), ...expressions.map((sql) => `(${sql})`)].join(', ')}) >> 11)::DOUBLE`;
}

/** So many columns are read at once. */
const columnsAtOnce = 32;

/**
 * The largest share of new rows that can equal an earlier one by chance, as the column says that tells rows apart best: among
 * `different` rows it has `distinct` values, and of values drawn alike a new one is among n earlier ones about twice as often as
 * the n repeat one another, 2 (different − distinct) / different. Rows that are copies repeat far beyond it. A column in which
 * values are missing does not tell those rows apart, so it says nothing.
 * @param different how many different rows there are
 * @returns from 0 to 1; 1 where no column says anything
 */
export async function chanceOfRepeats(
  reader: DatasetReader,
  { columns, different, signal }: HashedValues & { readonly different: number },
): Promise<number> {
  let chance = 1;
  for (let first = 0; first < columns.length; first += columnsAtOnce) {
    const batch = columns.slice(first, first + columnsAtOnce);
    const seen = batch.map(() => new Set<number>());
    const incomplete = new Set<number>();
    const expressions = Object.fromEntries(batch.map((column, index) => [`${hashName}${index}`, presentHash(column)]));
    for await (const chunk of reader.chunks({ columns: [], expressions, signal })) {
      for (const [index, values] of seen.entries()) {
        const vector = chunk.columns[`${hashName}${index}`];
        if (vector?.kind !== 'number') continue;
        for (const value of vector.values) {
          if (Number.isNaN(value)) incomplete.add(index);
          else values.add(value);
        }
      }
    }
    for (const [index, values] of seen.entries()) {
      if (!incomplete.has(index)) chance = Math.min(chance, (2 * (different - values.size)) / different);
    }
  }
  return chance;
}

/** The hash of a value; NULL where it is missing. */
function presentHash(column: Column): string {
  return `CASE WHEN ${comparable(column)} IS NULL THEN NULL ELSE ${rowHash([column], [])} END`;
}

function comparable({ name, type }: Column): string {
  const value = quoteName(name);
  switch (type) {
    case 'number':
      return `nullif(CAST(${value} AS DOUBLE), 'nan'::DOUBLE)`;
    case 'integer':
      return `CAST(${value} AS HUGEINT)`;
    case 'timestamp':
      return `CAST(${value} AS TIMESTAMP)`;
    case 'boolean':
      return `CAST(${value} AS BOOLEAN)`;
    case 'category':
    case 'text':
      return `CAST(${value} AS VARCHAR)`;
  }
}
