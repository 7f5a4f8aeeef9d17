/** Values of columns as text. */
import { areYears, type ValueRange } from '../../src/base/format.ts';
import type { ColumnProfile } from '../../src/protocol/dataset.ts';

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
const wholeDigits = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number of a column, in as many digits as say something: `0.4`, `1,234,567`, `3.2411`, `1.2e−9`; a year without a comma. */
function formatNumber(value: number, column: ValueRange): string {
  if (areYears(column)) return String(Number(value.toFixed(1)));
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e15)
      ? value.toExponential(2)
      : (Number.isInteger(value) || size >= 1e5 ? wholeDigits : digits).format(value);
  return text.replaceAll('-', '−');
}

/** A mean with its standard deviation, both to the deviation's third digit: `110.6 ± 20.4`. */
export function formatSpread(mean: number, deviation: number | undefined, column: ValueRange): string {
  if (deviation === undefined) return formatNumber(mean, column);
  if (!(deviation >= 1e-4 && Math.abs(mean) < 1e15 && deviation < 1e15)) {
    return `${formatNumber(mean, column)} ± ${formatNumber(deviation, {})}`;
  }
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(deviation)));
  const useGrouping = !areYears(column);
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping });
  return `${format.format(mean)} ± ${format.format(deviation)}`.replaceAll('-', '−');
}

/** The smallest or largest value of a column. A moment without its midnight, or without a second of zero: `2001-01-31 23:59`. */
export function formatBound(value: number | string | null | undefined, column: ValueRange): string {
  if (value === undefined || value === null) return '–'; // JSON has no infinity
  if (typeof value === 'string') {
    return value
      .replace(/(Z|\+00(:?00)?)$/, '')
      .replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ')
      .replace(/(\d\d:\d\d):00(\.0+)?$/, '$1')
      .replace(/ 00:00$/, '');
  }
  return formatNumber(value, column);
}

/** An edge of a column's histogram; those of timestamps are milliseconds since 1970 UTC. */
export function formatEdge(edge: number, column: Pick<ColumnProfile, 'type' | 'histogram' | 'min' | 'max'>): string {
  const { type, histogram } = column;
  if (type !== 'timestamp') return formatNumber(edge, column);
  const edges = histogram?.edges ?? [];
  const span = (edges.at(-1) ?? edge) - (edges[0] ?? edge);
  const moment = new Date(edge);
  if (Number.isNaN(moment.getTime())) return '–';
  return moment
    .toISOString()
    .replace('T', ' ')
    .slice(0, span > 3 * 86_400_000 ? 10 : 16);
}
