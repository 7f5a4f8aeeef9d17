/** The tables behind the figures of an evaluation: decisions by class, importance, segments. */
import { formatAmount, formatCount, formatFigure, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { ClassResult, EvaluationReport } from '../../protocol/evaluation.ts';
import { progressBar } from './runView.ts';
import type { Style } from './style.ts';
import { table, type Cell, type TableColumn } from './table.ts';

export interface Layout {
  readonly style: Style;
  /** Of the terminal. */
  readonly width: number;
}

const shownFeatures = 10;
const shownSegments = 12;
/** A confusion table of more classes is no overview. */
const mostClasses = 8;
const right = 'right' as const;

export function confusion({ confusion: counts, classes: names, threshold }: EvaluationReport, layout: Layout): string[] {
  if (counts === undefined || names.length > mostClasses) return [];
  const rows = counts.map((row, actual): Cell[] => [
    names[actual] ?? '',
    ...row.map((count, predicted): Cell => (predicted === actual ? { text: formatAmount(count), style: 'green' } : formatAmount(count))),
  ]);
  const title =
    threshold === undefined ? t('actual \\ predicted') : t('actual \\ predicted at {threshold}', { threshold: formatFigure(threshold) });
  const columns = [{ title, flexible: true }, ...names.map((name) => ({ title: name, align: right, flexible: true }))];
  return table(columns, rows, layout);
}

/** Of several classes each one, and their averages; of two the confusion table says it all. */
export function classes({ classResults, classAverages }: EvaluationReport, layout: Layout): string[] {
  if (classResults.length < 3) return [];
  const figures = ({ precision, recall, f1, rocAuc, averagePrecision }: Omit<ClassResult, 'name' | 'rows'>): string[] =>
    [precision, recall, f1, rocAuc, averagePrecision].map((figure) => (figure === undefined ? '' : formatFigure(figure)));
  const rows = [
    ...classResults.slice(0, shownSegments).map((result): Cell[] => [result.name, formatCount(result.rows), ...figures(result)]),
    ...classAverages.map((result): Cell[] => [{ text: result.average, style: 'dim' }, '', ...figures(result)]),
  ];
  const numbers: TableColumn[] = ['precision', 'recall', 'F1', 'ROC AUC', t('average precision')].map((title) => ({
    title,
    align: right,
    droppable: true,
  }));
  const more = classResults.length - shownSegments;
  return [
    ...table([{ title: t('class'), flexible: true }, { title: t('rows'), align: right }, ...numbers], rows, layout),
    ...(more > 0 ? [layout.style('dim', t('{count} more classes; --json and --html give all.', { count: more }))] : []),
  ];
}

export function importance({ importance: features }: EvaluationReport, { style, width }: Layout): string[] {
  const rows = features.slice(0, shownFeatures);
  const largest = Math.max(...rows.map(({ share }) => share));
  if (rows.length === 0 || largest <= 0) return [];
  const bar = 20;
  const lines = table(
    [
      { title: t('feature'), flexible: true },
      { title: t('importance'), align: right },
    ],
    rows.map(({ feature, share }) => [feature, formatShare(share)]),
    { style, width: width - bar - 2 },
  );
  return lines.map((line, index) => (index === 0 ? line : `${line}  ${progressBar((rows[index - 1]?.share ?? 0) / largest, bar, style)}`));
}

export function segments({ segments: all, omittedSegments }: EvaluationReport, { style, width }: Layout): string[] {
  const shown = all.slice(0, shownSegments);
  const names = [...new Set(shown.flatMap((segment) => Object.keys(segment.metrics)))];
  if (shown.length === 0) return [];
  const rows = shown.map(({ column, value, rows: count, metrics: figures }): Cell[] => [
    `${column} = ${value}`,
    formatCount(count),
    ...names.map((name) => (figures[name] === undefined ? '' : formatFigure(figures[name]))),
  ]);
  const columns = [
    { title: t('segment'), flexible: true },
    { title: t('rows'), align: right },
    ...names.map((title, index) => ({ title, align: right, droppable: index > 0 })),
  ];
  const more = all.length - shown.length + omittedSegments.reduce((sum, { values }) => sum + values, 0);
  return [
    ...table(columns, rows, { style, width }),
    ...(more > 0 ? [style('dim', t('{count} more in --json and --html.', { count: formatCount(more) }))] : []),
  ];
}
