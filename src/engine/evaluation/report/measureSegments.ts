/** Metrics of the rows that share a value of a column. Pure. */
import type { Segment } from '../../../protocol/evaluation.ts';
import type { MetricKey } from '../../../protocol/tables/metrics.ts';
import { rounded } from './curves.ts';
import { selectRows, type Predictions } from '../metrics/predictions.ts';
import { scoreOnce } from '../metrics/measuresOf.ts';
import type { SegmentColumn } from '../readings/segmentColumn.ts';

/** Segments shown over all columns: a page is no place for more, and a message must stay small. */
const shownSegments = 400;

export interface SegmentResults {
  readonly segments: readonly Segment[];
  readonly omitted: readonly { readonly column: string; readonly values: number }[];
}

/** Metrics of each column's largest groups, largest first; a metric that a group cannot have is left out. */
export function measureSegments(
  predictions: Predictions,
  columns: readonly SegmentColumn[],
  metrics: readonly MetricKey[],
): SegmentResults {
  const perColumn = Math.max(20, Math.floor(shownSegments / Math.max(1, columns.length)));
  const groups = columns.map((column) => groupRows(column));
  return {
    segments: groups.flatMap((ofColumn) =>
      ofColumn.slice(0, perColumn).map(({ column, value, rows }) => ({
        column,
        value,
        rows: rows.length,
        metrics: definedOnly(scoreOnce(selectRows(predictions, rows), metrics)),
      })),
    ),
    omitted: columns
      .map(({ column }, index) => ({ column, values: Math.max(0, (groups[index]?.length ?? 0) - perColumn) }))
      .filter(({ values }) => values > 0),
  };
}

interface Group {
  readonly column: string;
  readonly value: string;
  readonly rows: Uint32Array;
}

/** The rows of each value, in order; most rows first, equal ones by value. */
function groupRows({ column, codes, values }: SegmentColumn): Group[] {
  const sizes = new Uint32Array(values.length);
  for (const code of codes) sizes[code] = (sizes[code] ?? 0) + 1;
  const rows = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  codes.forEach((code, row) => {
    const next = sizes[code] ?? 0;
    const members = rows[code];
    if (members !== undefined) members[next] = row;
    sizes[code] = next + 1;
  });
  return values
    .map((value, code) => ({ column, value, rows: rows[code] ?? new Uint32Array(0) }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
}

function definedOnly(metrics: Readonly<Partial<Record<MetricKey, number>>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries<number | undefined>(metrics).flatMap(([name, value]) =>
      value === undefined || !Number.isFinite(value) ? [] : [[name, rounded(value)] as const],
    ),
  );
}
