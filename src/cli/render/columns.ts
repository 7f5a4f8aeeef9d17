/** What is known of columns as a table, for profiles of files and reports of checks. */
import { formatCount, formatFigure, formatShare, formatValue } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { ColumnProfile, DatasetProfile } from '../../protocol/dataset.ts';
import type { Histogram } from '../../protocol/evaluation.ts';
import type { Style } from './style.ts';
import { table, type Cell, type TableColumn } from './table.ts';

const fullRows = 40;

export function renderProfile(profile: DatasetProfile, style: Style, width?: number): string[] {
  const rows = formatCount(profile.rows);
  const columns = formatCount(profile.columns.length);
  return [
    `${style('bold', printable(profile.path))}  ${t('{rows} rows, {columns} columns', { rows, columns })}`,
    '',
    ...renderColumns(profile.columns, profile.rows, { style, width }),
  ];
}

/** A row per column; of very many columns the first. */
export function renderColumns(
  columns: readonly ColumnProfile[],
  rows: number,
  { style, width }: { style: Style; width: number | undefined },
): string[] {
  const shown = columns.slice(0, columns.length > fullRows * 2 ? fullRows : undefined);
  const right = 'right' as const;
  const titles: TableColumn[] = [
    { title: t('column'), flexible: true },
    { title: t('type') },
    { title: t('missing'), align: right },
    { title: t('distinct'), align: right },
    { title: t('min'), align: right },
    { title: t('mean'), align: right },
    { title: t('max'), align: right },
    { title: t('spread'), align: right, droppable: true },
    { title: t('distribution'), droppable: true },
    { title: t('most frequent'), flexible: true, droppable: true },
  ];
  const lines = table(
    titles,
    shown.map((column) => cellsOf(column, rows)),
    { style, ...(width === undefined ? {} : { width }) },
  );
  const more = columns.length - shown.length;
  return more === 0 ? lines : [...lines, style('dim', t('{count} more columns; --json gives all.', { count: formatCount(more) }))];
}

function cellsOf(column: ColumnProfile, rows: number): Cell[] {
  return [
    { text: column.name, style: 'bold' },
    column.type,
    { text: column.missing === 0 ? '' : formatShare(column.missing / Math.max(1, rows)), style: 'yellow' },
    `${column.distinctIsEstimate ? '≈ ' : ''}${formatCount(column.distinct)}`,
    figure(column.min, column),
    figure(column.mean, column),
    figure(column.max, column),
    column.standardDeviation === undefined ? '' : `± ${formatFigure(column.standardDeviation)}`,
    { text: column.histogram === undefined ? '' : bars(column.histogram), style: 'cyan' },
    mostFrequent(column, rows),
  ];
}

function figure(value: number | string | undefined, column: ColumnProfile): string {
  if (typeof value !== 'number') return value?.replace(/T00:00:00(\.0+)?Z?$/, '') ?? '';
  return formatValue(value, column);
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A bar per bin, a space for an empty one; what is not empty can be seen. */
function bars({ counts }: Histogram): string {
  const highest = Math.max(...counts);
  return counts.map((count) => (count === 0 ? ' ' : heights[Math.round((count / highest) * (heights.length - 1))])).join('');
}

function mostFrequent(column: ColumnProfile, rows: number): string {
  const { top, type } = column;
  return top
    .slice(0, 3)
    .filter(({ count }) => count > 1)
    .map(({ value, count }) => {
      const shown = type === 'number' ? formatValue(Number(value), column) : value;
      return `${shown} ${formatShare(count / Math.max(1, rows))}`;
    })
    .join(', ');
}
