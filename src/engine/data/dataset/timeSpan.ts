/** The times of a data set's rows: the span they cover, and how they lie to a moment. */
import { missingTime } from '../rows/columns.ts';
import type { DatasetReader } from './datasetReader.ts';

export interface TimeSpan {
  /** Microseconds since 1970 UTC; undefined where no row has a time. */
  readonly first: bigint | undefined;
  readonly last: bigint | undefined;
}

/** @param times with `missingTime` where missing */
export function spanOf(times: BigInt64Array): TimeSpan {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const time of times) {
    if (time === missingTime) continue;
    if (first === undefined || time < first) first = time;
    if (last === undefined || time > last) last = time;
  }
  return { first, last };
}

export interface TimeCounts {
  readonly rows: number;
  /** Rows before the moment, at it, and after it; rows without a time are none of them. */
  readonly earlier: number;
  readonly equal: number;
  readonly later: number;
}

/** @throws as the reader; CancelledError */
export async function countTimes(
  reader: DatasetReader,
  { column, moment, signal }: { column: string; moment: bigint; signal: AbortSignal },
): Promise<TimeCounts> {
  let [rows, earlier, equal, later] = [0, 0, 0, 0];
  for await (const chunk of reader.chunks({ columns: [column], signal })) {
    rows += chunk.rows;
    const vector = chunk.columns[column];
    if (vector?.kind !== 'time') throw new RangeError(`${column} holds no times`);
    for (const time of vector.values) {
      if (time === missingTime) continue;
      if (time < moment) earlier++;
      else if (time === moment) equal++;
      else later++;
    }
  }
  return { rows, earlier, equal, later };
}
