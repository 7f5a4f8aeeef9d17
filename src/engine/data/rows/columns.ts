/** Columns of rows in memory, as every capability passes them on. */
import type { ColumnType } from '../../../protocol/dataset.ts';

/** What stands for a missing timestamp: the smallest int64. */
export const missingTime = -(2n ** 63n);

/** What stands for a missing text in the string tensors of models (the empty text is a value like any other). */
export const missingText = '__millwright_missing__';

/**
 * What stands for a text with a NUL character in string tensors: ONNX Runtime would read such a text up to that character only.
 * Like {@link missingText} it is no level of any category.
 */
export const unreadableText = '__millwright_unreadable__';

/**
 * Values of one column. Numbers are float64 with NaN for missing (integers and booleans too: true is 1);
 * times are microseconds since 1970 UTC with {@link missingTime} for missing; texts are null where missing.
 */
export type ColumnVector =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'time'; readonly values: BigInt64Array }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

/** How a column of this type lies in memory. */
export function vectorKind(type: ColumnType): ColumnVector['kind'] {
  if (type === 'timestamp') return 'time';
  return type === 'text' || type === 'category' ? 'text' : 'number';
}

/** Under which name a chunk holds the texts of a column as it stands in the files: no column has such a name. */
export function verbatimName(column: string): string {
  return `${column}\0as it stands`;
}

/** Some consecutive rows, column by column; every column has `rows` values. */
export interface Chunk {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnVector>>;
  /**
   * Texts of values that are not of their column's type, by column, null where a value fits; such values are missing in
   * `columns`. Only from a data set that was opened with `expected` types, and only columns where this can happen.
   */
  readonly misfits?: Readonly<Record<string, readonly (string | null)[]>>;
}
