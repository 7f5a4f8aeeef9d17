/** Reports of data checks, and profiles of data files, as tables. */
import { formatCount, formatFigure, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { ColumnProfile, DatasetProfile } from '../../protocol/dataset.ts';
import type { ValidationReport, Verdict } from '../../protocol/validation.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';
import { printable } from './width.ts';

const looks: Readonly<Record<Verdict, { readonly mark: string; readonly style: StyleName }>> = {
  passed: { mark: '✓', style: 'green' },
  warned: { mark: '!', style: 'yellow' },
  failed: { mark: '✗', style: 'red' },
};
const fullRows = 40;

/** The verdict, and a line per check that did not pass (all where everything passed and there are few). */
export function renderValidation(stage: string, report: ValidationReport, style: Style, width?: number): string[] {
  const { mark, style: look } = looks[report.verdict];
  const worthShowing = report.checks.filter(({ verdict }) => verdict !== 'passed');
  const passed = report.checks.length - worthShowing.length;
  return [
    `${style(look, mark)} ${style('bold', printable(stage))}  ${t(
      '{dataset}: {rows} rows, {columns} columns, {passed} of {all} checks passed',
      {
        dataset: printable(report.dataset),
        rows: formatCount(report.rows),
        columns: report.columns.length,
        passed,
        all: report.checks.length,
      },
    )}`,
    ...(worthShowing.length === 0
      ? []
      : table(
          [{ title: '' }, { title: t('check') }, { title: t('column') }, { title: t('what'), flexible: true }],
          worthShowing.map(({ check, column, verdict, message }): Cell[] => [
            { text: looks[verdict].mark, style: looks[verdict].style },
            check,
            column ?? '',
            message,
          ]),
          { style, indent: '  ', ...(width === undefined ? {} : { width }) },
        )),
  ];
}

/** A row per column. */
export function renderProfile(profile: DatasetProfile, style: Style, width?: number): string[] {
  const shown = profile.columns.slice(0, profile.columns.length > fullRows * 2 ? fullRows : undefined);
  const rows = shown.map((column): Cell[] => [
    { text: column.name, style: 'bold' },
    column.type,
    { text: column.missing === 0 ? '' : formatShare(column.missing / Math.max(1, profile.rows)), style: 'yellow' },
    `${column.distinctIsEstimate ? '≈ ' : ''}${formatCount(column.distinct)}`,
    figure(column.min),
    figure(column.mean),
    figure(column.max),
    mostFrequent(column, profile.rows),
  ]);
  const right = 'right' as const;
  return [
    `${style('bold', printable(profile.path))}  ${t('{rows} rows, {columns} columns', { rows: formatCount(profile.rows), columns: formatCount(profile.columns.length) })}`,
    '',
    ...table(
      [
        { title: t('column') },
        { title: t('type') },
        { title: t('missing'), align: right },
        { title: t('distinct'), align: right },
        { title: t('min'), align: right },
        { title: t('mean'), align: right },
        { title: t('max'), align: right },
        { title: t('most frequent'), flexible: true },
      ],
      rows,
      { style, ...(width === undefined ? {} : { width }) },
    ),
    ...(shown.length < profile.columns.length
      ? [style('dim', t('{count} more columns; --json gives all.', { count: profile.columns.length - shown.length }))]
      : []),
  ];
}

function figure(value: number | string | undefined): string {
  return typeof value === 'number'
    ? Number.isInteger(value)
      ? formatCount(value)
      : formatFigure(value)
    : (value?.replace(/T00:00:00(\.0+)?Z?$/, '') ?? '');
}

function mostFrequent({ top }: ColumnProfile, rows: number): string {
  return top
    .slice(0, 3)
    .filter(({ count }) => count > 1)
    .map(({ value, count }) => `${value} ${formatShare(count / Math.max(1, rows))}`)
    .join(', ');
}
