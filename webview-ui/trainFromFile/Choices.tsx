/** The choices: what to predict, and which columns to leave out; beside them, what follows. */
import { startTransition, useMemo, useOptimistic, useState } from 'react';
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ColumnProfile, ColumnProposal, ProjectProposal } from '../../src/protocol/dataset.ts';
import type { TrainFromFileView, TrainingChoices } from '../../src/protocol/pageContract.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { MiniDistribution } from '../shared/MiniDistribution.tsx';
import { ask, type TrainFromFileActions } from './actions.ts';
import { targetCandidates, type TargetCandidate } from './targetCandidates.ts';

type ChoosingView = Extract<TrainFromFileView, { readonly state: 'choosing' }>;

interface ChoicesProps {
  readonly view: ChoosingView;
  readonly actions: TrainFromFileActions;
}

/** The choices as the user left them, at once; the host's own once it has answered. */
function useChoices({ view, actions }: ChoicesProps): readonly [TrainingChoices, (choices: TrainingChoices) => void] {
  const [choices, setChoices] = useOptimistic(view.choices);
  const choose = (next: TrainingChoices): void => {
    startTransition(async () => {
      setChoices(next);
      await actions.choose?.(next).catch(() => undefined); // the host shows the failure as a state of the page
    });
  };
  return [choices, choose];
}

export function Choices({ view, actions }: ChoicesProps) {
  const { proposal, refreshing } = view;
  const { profile } = proposal;
  const [choices, choose] = useChoices({ view, actions });
  return (
    <>
      <p className="muted">
        {t('{rows} rows, {columns} columns', { rows: formatCount(profile.rows), columns: formatCount(profile.columns.length) })}
      </p>
      <section aria-labelledby="target">
        <h2 id="target">{t('Predict')}</h2>
        <Targets
          proposal={proposal}
          chosen={choices.target ?? proposal.target}
          onChoose={(target) => {
            choose({ ...choices, target });
          }}
        />
      </section>
      <section aria-labelledby="columns" aria-busy={refreshing}>
        <h2 id="columns">{t('From these columns')}</h2>
        <Columns view={view} choices={choices} choose={choose} />
      </section>
      <section aria-labelledby="yaml">
        <h2 id="yaml">{t('millwright.yaml')}</h2>
        <details>
          <summary>{t('Everything above as a project file, written to {folder}. Edit it at any time.', { folder: view.folder })}</summary>
          <pre className="yaml scroll" tabIndex={0} aria-label={t('The project file')}>
            {proposal.yaml}
          </pre>
        </details>
      </section>
      <footer>
        <button
          type="button"
          className="primary"
          disabled={refreshing}
          onClick={() => {
            ask(actions.train?.());
          }}
        >
          {t('Train')}
        </button>
        <span className="muted" role="status">
          {refreshing ? t('Working out what follows…') : describe(view)}
        </span>
      </footer>
    </>
  );
}

function describe({ proposal }: ChoosingView): string {
  const used = proposal.columns.filter(({ use }) => use === 'numeric' || use === 'categorical' || use === 'cyclical');
  const count = new Set(used.map(({ column }) => column)).size;
  const tasks = { binary: t('two classes'), multiclass: t('several classes'), regression: t('a number') };
  return t('Predicts {target} ({task}) from {count} columns with gradient-boosted trees.', {
    target: proposal.target,
    task: tasks[proposal.task],
    count,
  });
}

interface TargetsProps {
  readonly proposal: ProjectProposal;
  readonly chosen: string;
  readonly onChoose: (target: string) => void;
}

/** So many candidates are shown at first; the rest on demand, without a scroll bar inside the page's own. */
const shownCandidates = 6;

function Targets({ proposal, chosen, onChoose }: TargetsProps) {
  const candidates = useMemo(() => targetCandidates(proposal), [proposal]);
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? candidates : candidates.filter(({ column }, index) => index < shownCandidates || column === chosen);
  return (
    <>
      <p className="muted small note">{t('The likeliest first, by name and place in the file, then by what the values are.')}</p>
      <TargetList candidates={shown} rows={proposal.profile.rows} chosen={chosen} onChoose={onChoose} />
      {shown.length === candidates.length ? null : (
        <button
          type="button"
          className="plain"
          onClick={() => {
            setShowsAll(true);
          }}
        >
          {t('Show all {count} columns', { count: formatCount(candidates.length) })}
        </button>
      )}
    </>
  );
}

interface TargetListProps extends Pick<TargetsProps, 'chosen' | 'onChoose'> {
  readonly candidates: readonly TargetCandidate[];
  readonly rows: number;
}

function TargetList({ candidates, rows, chosen, onChoose }: TargetListProps) {
  return (
    <div className="targets" role="radiogroup" aria-labelledby="target">
      {candidates.map((candidate) => (
        <label key={candidate.column} title={candidate.reason} className={candidate.column === chosen ? 'chosen' : undefined}>
          <input
            type="radio"
            name="target"
            checked={candidate.column === chosen}
            onChange={() => {
              onChoose(candidate.column);
            }}
          />
          <span className="name">{candidate.column}</span>
          <Classes candidate={candidate} rows={rows} />
        </label>
      ))}
    </div>
  );
}

function Classes({ candidate, rows }: { readonly candidate: TargetCandidate; readonly rows: number }) {
  const { classes, distinct, missing, profile } = candidate;
  const shown = classes.slice(0, 4);
  const rest = distinct - shown.length;
  return (
    <span className="classes">
      {classes.length === 0 && profile.histogram !== undefined ? <MiniDistribution column={profile} rows={rows} /> : null}
      {classes.length === 0 ? null : (
        <span className="shares" aria-hidden="true">
          {classes.map(({ value, share }) => (
            <span key={value} style={{ width: `${share * 100}%` }} />
          ))}
        </span>
      )}
      <span className="muted small">
        {classes.length === 0
          ? t('{distinct} different values', { distinct: formatCount(distinct) })
          : shown.map(({ words, share }) => `${words} ${formatShare(share)}`).join(' · ') +
            (rest > 0 ? ` · ${t('{rest} more', { rest })}` : '')}
        {missing === 0 ? '' : ` · ${t('{missing} missing', { missing: formatCount(missing) })}`}
      </span>
    </span>
  );
}

interface UsedColumn {
  readonly proposal: ColumnProposal;
  readonly profile: ColumnProfile | undefined;
  readonly isLeftOut: boolean;
}

interface ColumnsProps {
  readonly view: ChoosingView;
  readonly choices: TrainingChoices;
  readonly choose: (choices: TrainingChoices) => void;
}

function Columns({ view, choices, choose }: ColumnsProps) {
  const { proposal } = view;
  const { rows } = proposal.profile;
  const items = useMemo(
    () =>
      proposal.columns.map((each) => ({
        proposal: each,
        profile: proposal.profile.columns.find(({ name }) => name === each.column),
        isLeftOut: choices.leaveOut.includes(each.column),
      })),
    [proposal, choices],
  );
  const toggle = ({ proposal: { column }, isLeftOut }: UsedColumn): void => {
    const leaveOut = isLeftOut ? choices.leaveOut.filter((name) => name !== column) : [...choices.leaveOut, column];
    choose({ ...choices, leaveOut });
  };
  const columns: readonly Column<UsedColumn>[] = [
    {
      header: t('Column'),
      value: (item) => item.proposal.column,
      show: (item) => (
        <label className="use">
          <input
            type="checkbox"
            checked={item.proposal.use !== 'ignored' && !item.isLeftOut}
            disabled={
              item.proposal.use === 'target' || (item.proposal.use === 'ignored' && !view.choices.leaveOut.includes(item.proposal.column))
            }
            onChange={() => {
              toggle(item);
            }}
          />
          {item.proposal.column}
        </label>
      ),
    },
    {
      header: t('Use'),
      value: (item) => item.proposal.use,
      show: (item) => <span className={`chip ${item.proposal.use}`}>{useOf(item.proposal.use)}</span>,
    },
    { header: t('Why'), value: (item) => item.proposal.reason, show: (item) => <span className="muted">{item.proposal.reason}</span> },
    {
      header: t('Missing'),
      value: (item) => (item.profile?.missing ?? 0) / Math.max(1, rows),
      show: (item) => formatShare((item.profile?.missing ?? 0) / Math.max(1, rows)),
    },
    {
      header: t('Values'),
      value: (item) => item.profile?.distinct ?? NaN,
      show: (item) =>
        item.profile === undefined ? '–' : `${item.profile.distinctIsEstimate ? '~' : ''}${formatCount(item.profile.distinct)}`,
    },
  ];
  return <DataTable label={t('Columns and how they are used')} columns={columns} items={items} />;
}

function useOf(use: ColumnProposal['use']): string {
  const words: Readonly<Record<ColumnProposal['use'], string>> = {
    target: t('target'),
    time: t('time'),
    numeric: t('numeric'),
    categorical: t('categorical'),
    cyclical: t('cyclical'),
    ignored: t('left out'),
  };
  return words[use];
}
