/** Rows by the value of a column: read as codes while the data stream by, then measured group by group. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Segment } from '../../protocol/evaluation.ts';
import type { MetricKey } from '../../protocol/metrics.ts';
import { missingTime, type ColumnVector } from '../data/columns.ts';
import { rounded } from './curves.ts';
import { selectRows, type Predictions } from './predictions.ts';
import { scoreOnce } from './scorer.ts';

const maxValues = 20_000;
/** Segments shown over all columns: a page is no place for more, and a message must stay small. */
const shownSegments = 400;

/** A segment column with the code of each row. */
export class SegmentColumn {
  readonly column: string;
  readonly codes: Uint32Array;
  readonly #values = new Map<string, number>();
  readonly #limit: number;

  constructor(column: string, rows: number, limit = maxValues) {
    this.column = column;
    this.#limit = limit;
    this.codes = new Uint32Array(rows);
  }

  /** The value of each code. */
  get values(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** @throws AppError `evaluation.tooManySegments` */
  append(vector: ColumnVector, start: number): void {
    const names = namesOf(vector);
    for (let row = 0; row < names.length; row++) this.codes[start + row] = this.#codeOf(names[row] ?? '');
  }

  #codeOf(name: string): number {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    if (this.#values.size === this.#limit) throw tooManySegments(this.column);
    this.#values.set(name, this.#values.size);
    return this.#values.size - 1;
  }
}

function namesOf(vector: ColumnVector): readonly string[] {
  const missing = t('(missing)');
  switch (vector.kind) {
    case 'text':
      return vector.values.map((value) => value ?? missing);
    case 'number':
      return Array.from(vector.values, (value) => (Number.isNaN(value) ? missing : String(value)));
    case 'time':
      return Array.from(vector.values, (value) => (value === missingTime ? missing : new Date(Number(value / 1000n)).toISOString()));
  }
}

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

function tooManySegments(column: string): AppError {
  const args = { column, limit: maxValues };
  return new AppError('evaluation.tooManySegments', t('The segment column {column} has more than {limit} different values.', args), {
    args,
    remedy: t('Choose a column with fewer values under "segments": a segment needs many rows to say anything.'),
  });
}
