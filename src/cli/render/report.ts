/** An evaluation report as text: the verdict, figures with intervals, gates, confusion, importance, segments. */
import { formatCount, formatFigure, formatPValue, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { Estimate, EvaluationReport, Headline } from '../../protocol/evaluation.ts';
import { progressBar } from './runView.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';
import { printable, wrap } from './width.ts';

const outcomes: Readonly<Record<Headline['outcome'], StyleName>> = { better: 'green', worse: 'red', unclear: 'yellow' };
const shownFeatures = 10;
const shownSegments = 12;
const right = 'right' as const;

export function renderReport(report: EvaluationReport, style: Style, width = 100): string[] {
  return [
    `${style('bold', printable(report.stage))}  ${t('{target} on {dataset}: {rows} rows', {
      target: printable(report.target),
      dataset: printable(report.dataset),
      rows: formatCount(report.rows),
    })}`,
    ...wrap(printable(report.headline.message), width).map((line) => style(outcomes[report.headline.outcome], line)),
    '',
    ...metrics(report, style),
    ...wrap(printable(report.intervalMethod), width).map((line) => style('dim', line)),
    ...section(gates(report, style)),
    ...section(confusion(report, style)),
    ...section(importance(report, style)),
    ...section(segments(report, style)),
  ];
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function metrics({ metrics: results, baseline }: EvaluationReport, style: Style): string[] {
  const rows = results.map(({ metric, model, baseline: base, pValue }): Cell[] => [
    { text: metric, style: 'bold' },
    formatFigure(model.value),
    { text: interval(model), style: 'dim' },
    base === undefined ? '' : formatFigure(base.value),
    { text: base === undefined ? '' : interval(base), style: 'dim' },
    pValue === undefined ? '' : formatPValue(pValue),
  ]);
  const columns = [
    { title: t('metric') },
    { title: t('model'), align: right },
    { title: '' },
    { title: baseline, align: right },
    { title: '' },
    { title: t('p-value'), align: right },
  ];
  return table(columns, rows, { style });
}

function interval({ low, high }: Estimate): string {
  return `[${formatFigure(low)}, ${formatFigure(high)}]`;
}

function gates({ gates: results }: EvaluationReport, style: Style): string[] {
  return results.map(({ passed, message }) => `${passed ? style('green', '✓') : style('red', '✗')} ${t('gate')}  ${printable(message)}`);
}

function confusion({ confusion: counts, classes, threshold }: EvaluationReport, style: Style): string[] {
  if (counts === undefined || classes.length > 8) return [];
  const rows = counts.map((row, actual): Cell[] => [
    classes[actual] ?? '',
    ...row.map((count, predicted): Cell => (predicted === actual ? { text: formatCount(count), style: 'green' } : formatCount(count))),
  ]);
  const title =
    threshold === undefined ? t('actual \\ predicted') : t('actual \\ predicted at {threshold}', { threshold: formatFigure(threshold) });
  return table([{ title }, ...classes.map((name) => ({ title: printable(name), align: right }))], rows, { style });
}

function importance({ importance: features }: EvaluationReport, style: Style): string[] {
  const rows = features.slice(0, shownFeatures);
  const largest = Math.max(...rows.map(({ share }) => share));
  if (rows.length === 0 || largest <= 0) return [];
  const lines = table(
    [{ title: t('feature') }, { title: t('importance'), align: right }],
    rows.map(({ feature, share }) => [feature, formatShare(share)]),
    { style },
  );
  return lines.map((line, index) => (index === 0 ? line : `${line}  ${progressBar((rows[index - 1]?.share ?? 0) / largest, 20, style)}`));
}

function segments({ segments: all }: EvaluationReport, style: Style): string[] {
  const shown = all.slice(0, shownSegments);
  const names = [...new Set(shown.flatMap((segment) => Object.keys(segment.metrics)))];
  if (shown.length === 0) return [];
  const rows = shown.map(({ column, value, rows: count, metrics: figures }): Cell[] => [
    `${column} = ${value}`,
    formatCount(count),
    ...names.map((name) => (figures[name] === undefined ? '' : formatFigure(figures[name]))),
  ]);
  const columns = [{ title: t('segment') }, { title: t('rows'), align: right }, ...names.map((title) => ({ title, align: right }))];
  const more = all.length - shown.length;
  return [
    ...table(columns, rows, { style }),
    ...(more > 0 ? [style('dim', t('{count} more segments; --json and --html give all.', { count: more }))] : []),
  ];
}
