/** Rows as numbers that are equal where the rows are equal in every column. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column } from '../../protocol/dataset.ts';
import type { DatasetReader } from './datasetReader.ts';
import { quoteName } from './sqlText.ts';

const hashName = '__millwright_row__';

/**
 * The hash of every row over the columns, in the order of the rows: 53 bits, which float64 holds exactly. Among three million
 * rows one pair of unequal rows has equal hashes with a probability of 1 in 2,000; a verdict needs thousands of pairs.
 * NULL and NaN, both of which mean missing, are equal.
 * @throws AppError `dataset.changed`, and as the reader does, also for values of columns that no feature reads; CancelledError
 */
export async function readRowHashes(
  reader: DatasetReader,
  { columns, signal }: { columns: readonly Column[]; signal: AbortSignal },
): Promise<Float64Array> {
  const rows = await reader.rows();
  const hashes = new Float64Array(rows);
  let from = 0;
  for await (const chunk of reader.chunks({ columns: [], expressions: { [hashName]: rowHash(columns) }, signal })) {
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
function rowHash(columns: readonly Column[]): string {
  return `(hash(${columns.map(comparable).join(', ')}) >> 11)::DOUBLE`;
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
