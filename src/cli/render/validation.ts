/** Reports of data checks as text: the verdict, then what did not pass, then what did, counted. */
import { formatCount, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { ValidationCheck, ValidationReport, Verdict } from '../../protocol/validation.ts';
import { renderColumns } from './columns.ts';
import type { Style, StyleName } from './style.ts';
import { displayWidth, wrap } from './width.ts';

const looks: Readonly<Record<Verdict, { readonly mark: string; readonly style: StyleName }>> = {
  failed: { mark: '✗', style: 'red' },
  warned: { mark: '!', style: 'yellow' },
  passed: { mark: '✓', style: 'green' },
};

/** Checks of one verdict that are told one by one. */
const mostTold = 20;
/** The line of text is not made longer than is good to read. */
const longestLine = 100;

/** @param width of the terminal */
export function renderValidation(stage: string, report: ValidationReport, style: Style, width = longestLine): string[] {
  const names = report.checks.filter(({ verdict }) => verdict !== 'passed').map(({ check }) => displayWidth(check));
  const layout: Layout = { style, width: Math.min(width, longestLine), nameWidth: Math.max(...names, 0) };
  const sections = [tell(report, 'failed', layout), tell(report, 'warned', layout), countPassed(report, layout)];
  return [...summary(stage, report, layout), ...sections.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines]))];
}

/** The same with a line for every column, and where the page is. */
export function renderStoredValidation(
  { stage, report, page }: { stage: string; report: ValidationReport; page: string | undefined },
  style: Style,
  width?: number,
): string[] {
  return [
    ...renderValidation(stage, report, style, width),
    '',
    ...renderColumns(report.columns, report.rows, { style, width }),
    ...(page === undefined ? [] : ['', style('dim', t('The page: {path}', { path: printable(page) }))]),
  ];
}

interface Layout {
  readonly style: Style;
  readonly width: number;
  /** Of the widest name of a check that is told. */
  readonly nameWidth: number;
}

function summary(stage: string, { dataset, rows, columns, checks, verdict, target }: ValidationReport, { style }: Layout): string[] {
  const { mark, style: look } = looks[verdict];
  const count = (wanted: Verdict): number => checks.filter((check) => check.verdict === wanted).length;
  const size = t('{dataset}: {rows} rows, {columns} columns', {
    dataset: printable(dataset),
    rows: formatCount(rows),
    columns: formatCount(columns.length),
  });
  const results = [
    { text: t('{count} failed', { count: formatCount(count('failed')) }), of: count('failed'), style: looks.failed.style },
    { text: t('{count} warned', { count: formatCount(count('warned')) }), of: count('warned'), style: looks.warned.style },
    { text: t('{count} passed', { count: formatCount(count('passed')) }), of: count('passed'), style: looks.passed.style },
  ];
  const told = results.filter(({ of }) => of > 0).map((result) => style(result.style, result.text));
  return [`${style(look, mark)} ${style('bold', printable(stage))}  ${size}`, `  ${told.join(', ')}`, ...targetLine(target)];
}

/** The two classes of a target with their shares, and which of them is the positive one. */
function targetLine(target: ValidationReport['target']): string[] {
  if (target?.positive === undefined) return [];
  const classes = target.classes.map(({ value, share }) => {
    const args = { value: printable(value), share: formatShare(share) };
    return value === target.positive ? t('{value} {share} (the positive class)', args) : t('{value} {share}', args);
  });
  return [`  ${printable(target.name)}: ${classes.join(', ')}`];
}

/** A sentence per check, in the order of the report. */
function tell({ checks }: ValidationReport, wanted: Verdict, { style, width, nameWidth }: Layout): string[] {
  const found = checks.filter(({ verdict }) => verdict === wanted);
  const { mark, style: look } = looks[wanted];
  const indent = nameWidth + 6;
  const lines = found.slice(0, mostTold).flatMap(({ check, message }) => {
    const [first = '', ...rest] = wrap(printable(message), Math.max(20, width - indent));
    return [`  ${style(look, mark)} ${style('bold', check.padEnd(nameWidth))}  ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
  const more = found.length - mostTold;
  return more <= 0 ? lines : [...lines, style('dim', `    ${t('{count} more; --json gives all.', { count: formatCount(more) })}`)];
}

/** `rows, type×2, missing×5`. */
function countPassed({ checks }: ValidationReport, { style, width }: Layout): string[] {
  const passed = Map.groupBy(
    checks.filter(({ verdict }) => verdict === 'passed'),
    ({ check }) => check,
  );
  if (passed.size === 0) return [];
  const counts = [...passed].map(([check, all]) => countOf(check, all)).join(', ');
  const [first = '', ...rest] = wrap(counts, Math.max(20, width - 4));
  const { mark, style: look } = looks.passed;
  return [`  ${style(look, mark)} ${style('dim', first)}`, ...rest.map((line) => `    ${style('dim', line)}`)];
}

function countOf(check: string, all: readonly ValidationCheck[]): string {
  return all.length === 1 ? check : `${check}×${formatCount(all.length)}`;
}
