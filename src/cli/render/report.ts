/** An evaluation report as text: the verdict, figures with intervals, gates and leaks, then what is behind the figures. */
import { formatCount, formatFigure, formatPValue } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { Estimate, EvaluationReport, ThresholdChoice } from '../../protocol/evaluation.ts';
import { verdictOf, type ReportVerdict } from '../../protocol/verdict.ts';
import { classes, confusion, importance, segments, type Layout } from './reportTables.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';
import { displayWidth, wrap } from './width.ts';

const tones: Readonly<Record<ReportVerdict['tone'], StyleName>> = { good: 'green', bad: 'red', neutral: 'yellow' };
/** The line of text is not made longer than is good to read. */
const longestLine = 100;

/** @param width of the terminal */
export function renderReport(report: EvaluationReport, style: Style, width = longestLine): string[] {
  const layout: Layout = { style, width };
  const sections = [
    [...metrics(report, layout), ...paragraph(report.intervalMethod, layout, 'dim')],
    report.champion === undefined ? [] : metrics({ metrics: report.champion.metrics, baseline: report.champion.name }, layout),
    [...gates(report, layout), ...leakage(report, layout)],
    decisions(report, layout),
    confusion(report, layout),
    classes(report, layout),
    importance(report, layout),
    segments(report, layout),
    report.notes.flatMap((note) => marked('·', 'dim', note, layout)),
  ];
  return [...heading(report, layout), ...sections.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines]))];
}

function heading(report: EvaluationReport, layout: Layout): string[] {
  const verdict = verdictOf(report);
  const args = { target: printable(report.target), dataset: printable(report.dataset), rows: formatCount(report.rows) };
  const facts = [t('{target} on {dataset}: {rows} rows', args), positiveFacts(report), rankingFacts(report), weightFacts(report)].filter(
    (fact) => fact !== undefined,
  );
  return [
    ...wrap(`${printable(report.stage)} – ${facts.join('; ')}`, lineWidth(layout)).map((line, index) =>
      index === 0 ? line.replace(printable(report.stage), layout.style('bold', printable(report.stage))) : line,
    ),
    ...paragraph(verdict.message, layout, tones[verdict.tone]),
  ];
}

function rankingFacts({ ranking }: EvaluationReport): string | undefined {
  if (ranking === undefined) return undefined;
  const { groups, groupsWithoutRelevant, group, smallestGroup, largestGroup } = ranking;
  const args = {
    groups: formatCount(groups),
    group: printable(group),
    without: formatCount(groupsWithoutRelevant),
    smallest: formatCount(smallestGroup),
    largest: formatCount(largestGroup),
  };
  return groupsWithoutRelevant === 0
    ? t('ranked in {groups} groups of {group}, of {smallest} to {largest} rows', args)
    : t(
        'ranked in {groups} groups of {group}, of {smallest} to {largest} rows, {without} of them without a relevant row (they count as 0)',
        args,
      );
}

function positiveFacts({ classes: names }: EvaluationReport): string | undefined {
  const [, positive, further] = names;
  return positive === undefined || further !== undefined
    ? undefined
    : t('the positive class is {positive}', { positive: printable(positive) });
}

function weightFacts({ sampleWeight }: EvaluationReport): string | undefined {
  return sampleWeight === undefined ? undefined : t('weighted by {column}', { column: printable(sampleWeight) });
}

function metrics({ metrics: results, baseline }: Pick<EvaluationReport, 'metrics' | 'baseline'>, { style, width }: Layout): string[] {
  const rows = results.map(({ metric, model, baseline: base, pValue, pValueFloor }): Cell[] => [
    { text: metric, style: 'bold' },
    formatFigure(model.value),
    { text: interval(model), style: 'dim' },
    base === undefined ? '' : formatFigure(base.value),
    { text: base === undefined ? '' : interval(base), style: 'dim' },
    pValue === undefined ? '' : formatPValue(pValue, pValueFloor),
  ]);
  const columns = [
    { title: t('metric') },
    { title: t('model'), align: right },
    { title: '' },
    { title: baseline, align: right, flexible: true },
    { title: '', droppable: true },
    { title: t('p-value'), align: right },
  ];
  return table(columns, rows, { style, width });
}

const right = 'right' as const;

function interval({ low, high }: Estimate): string {
  return `[${formatFigure(low)}, ${formatFigure(high)}]`;
}

function gates({ gates: results }: EvaluationReport, layout: Layout): string[] {
  return results.flatMap(({ passed, message }) => marked(passed ? '✓' : '✗', passed ? 'green' : 'red', `${t('gate')}  ${message}`, layout));
}

function leakage({ leakage: findings, leakageChecks }: EvaluationReport, layout: Layout): string[] {
  return [
    ...findings.flatMap(({ severity, message }) =>
      marked(severity === 'error' ? '✗' : '!', severity === 'error' ? 'red' : 'yellow', `${t('leakage')}  ${message}`, layout),
    ),
    ...leakageChecks.flatMap(({ outcome, message }) =>
      marked(outcome === 'clear' ? '✓' : '·', outcome === 'clear' ? 'green' : 'dim', `${t('leakage')}  ${message}`, layout),
    ),
  ];
}

/** The threshold, what it was chosen by, and what its decisions cost. */
function decisions({ threshold, thresholdChoice, curves }: EvaluationReport, layout: Layout): string[] {
  if (threshold === undefined || thresholdChoice === undefined) return [];
  const lines = [t('Threshold {threshold}, {choice}.', { threshold: formatFigure(threshold), choice: choiceWords(thresholdChoice) })];
  if (curves.cost !== undefined) {
    const { costs, atThreshold, best } = curves.cost;
    const args = {
      positive: String(costs.falsePositive),
      negative: String(costs.falseNegative),
      cost: formatFigure(atThreshold),
      best: formatFigure(best.cost),
      threshold: formatFigure(best.threshold),
    };
    lines.push(
      t(
        'A row costs {cost} on average, with {positive} for a false positive and {negative} for a false negative; at {threshold} it would be {best} on these rows.',
        args,
      ),
    );
  }
  return lines.flatMap((line) => paragraph(line, layout));
}

function choiceWords(choice: ThresholdChoice): string {
  switch (choice.by) {
    case 'default':
      return t('the default');
    case 'number':
      return t('as set');
    case 'maximize':
      return t('chosen for the largest {metric} on held-out rows', { metric: choice.metric });
    case 'cost':
      return t('chosen for the smallest cost on held-out rows');
  }
}

function lineWidth({ width }: Layout): number {
  return Math.min(width, longestLine);
}

function paragraph(text: string, layout: Layout, look?: StyleName): string[] {
  return wrap(printable(text), lineWidth(layout)).map((line) => (look === undefined ? line : layout.style(look, line)));
}

/** A sentence behind a mark, later lines below its first word. */
function marked(mark: string, look: StyleName, text: string, layout: Layout): string[] {
  const indent = ' '.repeat(displayWidth(mark) + 1);
  return wrap(printable(text), lineWidth(layout) - indent.length).map(
    (line, index) => `${index === 0 ? `${layout.style(look, mark)} ` : indent}${line}`,
  );
}
