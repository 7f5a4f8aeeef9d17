/** Every column with what is known of its values: sortable, filterable, and any number of them. */
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ColumnProfile } from '../../src/protocol/dataset.ts';
import type { ValidationReport, Verdict } from '../../src/protocol/validation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { ColumnDetail } from './ColumnDetail.tsx';
import { formatBound, formatSpread } from '../shared/columnValues.ts';
import { MiniDistribution } from '../shared/MiniDistribution.tsx';
import { verdictRanks } from './verdicts.ts';
import { VerdictMark } from './VerdictMark.tsx';

/** A column with the worst verdict of its checks. */
interface ColumnRow {
  readonly column: ColumnProfile;
  readonly verdict: Verdict;
}

export function ColumnsSection({ report }: { readonly report: ValidationReport }) {
  const { rows, checks } = report;
  const [text, setText] = useState('');
  const [type, setType] = useState('');
  const [onlyFindings, setOnlyFindings] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const sought = useDeferredValue(text);
  const all = useMemo(() => rowsOf(report.columns, checks), [report.columns, checks]);
  const items = useMemo(
    () => all.filter((row) => matches(row, sought, type) && (!onlyFindings || row.verdict !== 'passed')),
    [all, sought, type, onlyFindings],
  );
  const columns = useMemo(() => columnsOf(rows, chosen, setChosen), [rows, chosen]);
  const types = [...new Set(all.map(({ column }) => column.type))].sort();
  const detail = all.find(({ column }) => column.name === chosen);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen !== undefined) place.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section aria-labelledby="columns" className="data-columns wide-tables">
      <h2 id="columns">{t('Columns')}</h2>
      <div className="toolbar" role="search">
        <NameFilter text={text} onText={setText} />
        <label className="small">
          <span className="muted">{t('Type')}</span>
          <select
            value={type}
            onChange={(event) => {
              setType(event.target.value);
            }}
          >
            <option value="">{t('all types')}</option>
            {types.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label className="small">
          <input
            type="checkbox"
            checked={onlyFindings}
            onChange={(event) => {
              setOnlyFindings(event.target.checked);
            }}
          />
          {t('only with findings')}
        </label>
        <span className="muted small" role="status">
          {t('{shown} of {all} columns', { shown: formatCount(items.length), all: formatCount(all.length) })}
        </span>
      </div>
      {items.length === 0 ? (
        <p className="muted">{t('No column matches.')}</p>
      ) : (
        <DataTable label={t('Columns of the data set')} columns={columns} items={items} wholeUpTo={40} />
      )}
      <div ref={place}>{detail === undefined ? null : <ColumnDetail column={detail.column} rows={rows} />}</div>
    </section>
  );
}

function NameFilter({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const id = useId();
  return (
    <label htmlFor={id} className="small">
      <span className="muted">{t('Name')}</span>
      <input
        id={id}
        type="search"
        value={text}
        onChange={(event) => {
          onText(event.target.value);
        }}
      />
    </label>
  );
}

function rowsOf(columns: readonly ColumnProfile[], checks: ValidationReport['checks']): ColumnRow[] {
  const worst = new Map<string, Verdict>();
  for (const { column, verdict } of checks) {
    if (column === undefined) continue;
    const known = worst.get(column);
    if (known === undefined || verdictRanks[verdict] < verdictRanks[known]) worst.set(column, verdict);
  }
  return columns.map((column) => ({ column, verdict: worst.get(column.name) ?? 'passed' }));
}

function matches({ column }: ColumnRow, text: string, type: string): boolean {
  return (type === '' || column.type === type) && column.name.toLowerCase().includes(text.trim().toLowerCase());
}

function columnsOf(rows: number, chosen: string | undefined, choose: (name: string | undefined) => void): Column<ColumnRow>[] {
  return [
    {
      header: t('Column'),
      value: ({ column }) => column.name,
      show: ({ column: { name } }) => (
        <button
          type="button"
          className="link name"
          aria-expanded={name === chosen}
          title={name}
          onClick={() => {
            choose(name === chosen ? undefined : name);
          }}
        >
          {name}
        </button>
      ),
    },
    {
      header: t('Checks'),
      value: ({ verdict }) => String(verdictRanks[verdict]),
      show: ({ verdict }) => <VerdictMark verdict={verdict} />,
    },
    { header: t('Type'), value: ({ column }) => column.type, show: ({ column }) => <span title={column.storedAs}>{column.type}</span> },
    {
      header: t('Missing'),
      value: ({ column }) => column.missing / rows,
      show: ({ column: { missing } }) => (missing === 0 ? <span className="muted">0 %</span> : formatShare(missing / rows)),
    },
    {
      header: t('Distinct'),
      value: ({ column }) => column.distinct,
      show: ({ column }) => `${column.distinctIsEstimate ? '≈ ' : ''}${formatCount(column.distinct)}`,
    },
    {
      header: t('Smallest'),
      isNumber: true,
      value: ({ column }) => column.min ?? '',
      show: ({ column }) => formatBound(column.min, column),
    },
    {
      header: t('Largest'),
      isNumber: true,
      value: ({ column }) => column.max ?? '',
      show: ({ column }) => formatBound(column.max, column),
    },
    {
      header: t('Mean ± sd'),
      value: ({ column }) => column.mean ?? NaN,
      show: ({ column }) => (column.mean === undefined ? '–' : formatSpread(column.mean, column.standardDeviation, column)),
    },
    {
      header: t('Outliers'),
      value: ({ column }) => column.outliers ?? NaN,
      show: ({ column: { outliers } }) => (outliers === undefined ? '–' : formatCount(outliers)),
    },
    { header: t('Distribution'), show: ({ column }) => <MiniDistribution column={column} rows={rows} /> },
  ];
}
