/** Which columns could be predicted, with the shares of their classes. */
import type { ColumnProfile, DatasetProfile } from '../../src/protocol/dataset.ts';

export interface TargetCandidate {
  readonly column: string;
  readonly type: ColumnProfile['type'];
  readonly distinct: number;
  readonly missing: number;
  /** Largest first; empty where the column has too many values for classes. */
  readonly classes: readonly { readonly value: string; readonly share: number }[];
}

const maxClasses = 20;

/** Columns with at least two values and a kind that can be a target; classes before numbers, otherwise in file order. */
export function targetCandidates({ columns, rows }: DatasetProfile): readonly TargetCandidate[] {
  const candidates = columns
    .filter(({ type, distinct }) => distinct >= 2 && (distinct <= maxClasses || type === 'integer' || type === 'number'))
    .map((column) => ({
      column: column.name,
      type: column.type,
      distinct: column.distinct,
      missing: column.missing,
      classes: classesOf(column, rows),
    }));
  return [...candidates.filter(({ classes }) => classes.length > 0), ...candidates.filter(({ classes }) => classes.length === 0)];
}

function classesOf({ distinct, top, missing }: ColumnProfile, rows: number): TargetCandidate['classes'] {
  if (distinct > maxClasses || rows === missing) return [];
  return top.map(({ value, count }) => ({ value, share: count / (rows - missing) }));
}
