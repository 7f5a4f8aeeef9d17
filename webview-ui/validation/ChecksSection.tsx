/** Every check with its figure, its limit and its verdict, also those that passed; and the limits that were used. */
import { useId, useMemo } from 'react';
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { checkNames, dataChecks } from '../../src/protocol/tables/dataChecks.ts';
import type { ValidationCheck } from '../../src/protocol/validation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { VerdictMark } from './VerdictMark.tsx';
import { countOf, formatLimit, formatMeasure, verdictRanks, worstFirst } from './verdicts.ts';

export type CheckFilter = 'all' | 'findings';

export interface ChecksSectionProps {
  readonly checks: readonly ValidationCheck[];
  readonly filter: CheckFilter;
  readonly onFilter: (filter: CheckFilter) => void;
}

export function ChecksSection({ checks, filter, onFilter }: ChecksSectionProps) {
  const shown = useMemo(() => worstFirst(checks).filter(({ verdict }) => filter === 'all' || verdict !== 'passed'), [checks, filter]);
  return (
    <section aria-labelledby="checks" className="checks wide-tables">
      <h2 id="checks">{t('Checks and limits')}</h2>
      <details open={checks.some(({ verdict }) => verdict !== 'passed')}>
        <summary>{summaryOf(checks)}</summary>
        <ChecksTables checks={checks} shown={shown} filter={filter} onFilter={onFilter} />
      </details>
    </section>
  );
}

/** How many passed, and how many did not. */
function summaryOf(checks: readonly ValidationCheck[]): string {
  const passed = countOf(checks, 'passed');
  return passed === checks.length
    ? t('All {count} checks passed', { count: formatCount(passed) })
    : t('{passed} of {all} checks passed', { passed: formatCount(passed), all: formatCount(checks.length) });
}

function ChecksTables({ checks, shown, filter, onFilter }: ChecksSectionProps & { readonly shown: readonly ValidationCheck[] }) {
  const id = useId();
  return (
    <>
      <DataTable label={t('Limits used, by check')} columns={limitColumns} items={limitsOf(checks)} />
      <div className="toolbar every-check">
        <label htmlFor={id} className="small">
          <span className="muted">{t('Show')}</span>
          <select
            id={id}
            value={filter}
            onChange={(event) => {
              onFilter(event.target.value === 'findings' ? 'findings' : 'all');
            }}
          >
            <option value="all">{t('every check')}</option>
            <option value="findings">{t('what failed or warned')}</option>
          </select>
        </label>
        <span className="muted small" role="status">
          {t('{shown} of {all} checks', { shown: formatCount(shown.length), all: formatCount(checks.length) })}
        </span>
      </div>
      <DataTable label={t('Every check with its figure and limit')} columns={checkColumns} items={shown} wholeUpTo={24} />
    </>
  );
}

/** Checks of one kind that share a limit. */
interface UsedLimit {
  readonly first: ValidationCheck;
  readonly checks: readonly ValidationCheck[];
}

function limitsOf(checks: readonly ValidationCheck[]): UsedLimit[] {
  const groups = Map.groupBy(checks, ({ check, bound, limit, severity }) => [check, bound, limit, severity].join(' '));
  return [...groups.values()]
    .flatMap((group) => (group[0] === undefined ? [] : [{ first: group[0], checks: group }]))
    .sort((a, b) => checkNames.indexOf(a.first.check) - checkNames.indexOf(b.first.check));
}

const limitColumns: readonly Column<UsedLimit>[] = [
  { header: t('Check'), value: ({ first }) => dataChecks[first.check].words() },
  { header: t('Limit'), value: ({ first }) => first.limit, show: ({ first }) => formatLimit(first) },
  { header: t('Beyond it'), value: ({ first }) => (first.severity === 'error' ? t('stops the pipeline') : t('warns')) },
  { header: t('Checked'), value: ({ checks }) => checks.length, show: ({ checks }) => formatCount(checks.length) },
  countColumn(t('Failed'), 'failed'),
  countColumn(t('Warned'), 'warned'),
  countColumn(t('Passed'), 'passed'),
];

function countColumn(header: string, verdict: ValidationCheck['verdict']): Column<UsedLimit> {
  const value = ({ checks }: UsedLimit): number => countOf(checks, verdict);
  return { header, value, show: (item) => (value(item) === 0 ? <span className="muted">0</span> : formatCount(value(item))) };
}

const checkColumns: readonly Column<ValidationCheck>[] = [
  {
    header: t('Column'),
    value: ({ column }) => column ?? '',
    show: ({ column }) =>
      column === undefined ? <span className="muted">{t('whole data set')}</span> : <code title={column}>{column}</code>,
  },
  { header: t('Check'), value: ({ check }) => dataChecks[check].words() },
  { header: t('Verdict'), value: ({ verdict }) => String(verdictRanks[verdict]), show: ({ verdict }) => <VerdictMark verdict={verdict} /> },
  { header: t('Figure'), value: ({ figure }) => figure ?? NaN, show: ({ figure, unit }) => formatMeasure(figure, unit) },
  {
    header: t('Affected'),
    value: ({ count }) => count ?? NaN,
    show: ({ count }) => (count === undefined ? '–' : formatCount(count)),
  },
  { header: t('Limit'), value: ({ limit }) => limit, show: formatLimit },
];
