/** The columns with what each is used for, which can be chosen where there is a choice, and why. */
import { useMemo } from 'react';
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ColumnProfile, ColumnProposal, ColumnUse, ProjectProposal, ProposalChoices } from '../../src/protocol/dataset.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

interface ColumnUsesProps {
  readonly proposal: ProjectProposal;
  readonly choices: ProposalChoices;
  readonly choose: (choices: ProposalChoices) => void;
}

interface UsedColumn extends ColumnProposal {
  readonly profile: ColumnProfile | undefined;
}

export function ColumnUses({ proposal, choices, choose }: ColumnUsesProps) {
  const items = useMemo(() => usedColumns(proposal, choices), [proposal, choices]);
  const { rows } = proposal.profile;
  const columns: readonly Column<UsedColumn>[] = [
    { header: t('Column'), value: ({ column }) => column },
    {
      header: t('Use'),
      value: ({ use }) => useWords(use),
      show: (item) => (
        <UseOf
          item={item}
          onChoose={(use) => {
            choose({ ...choices, uses: withUse(choices.uses ?? [], item.column, use) });
          }}
        />
      ),
    },
    { header: t('Why'), value: ({ reason }) => reason, show: ({ reason }) => <span className="muted">{reason}</span> },
    {
      header: t('Missing'),
      value: ({ profile }) => (profile?.missing ?? 0) / Math.max(1, rows),
      show: ({ profile }) => formatShare((profile?.missing ?? 0) / Math.max(1, rows)),
    },
    {
      header: t('Values'),
      value: ({ profile }) => profile?.distinct ?? NaN,
      show: ({ profile }) => (profile === undefined ? '–' : `${profile.distinctIsEstimate ? '~' : ''}${formatCount(profile.distinct)}`),
    },
  ];
  return <DataTable label={t('Columns and how they are used')} columns={columns} items={items} />;
}

/** With what was chosen last, though the proposal does not follow it yet. */
function usedColumns({ columns, profile }: ProjectProposal, { uses = [] }: ProposalChoices): readonly UsedColumn[] {
  const profiles = new Map(profile.columns.map((column) => [column.name, column]));
  const chosen = new Map(uses.map(({ column, use }) => [column, use]));
  return columns.map((each) => {
    const use = each.use === 'target' ? each.use : (chosen.get(each.column) ?? each.use);
    return { ...each, use, profile: profiles.get(each.column) };
  });
}

function UseOf({ item: { column, use, uses }, onChoose }: { readonly item: UsedColumn; readonly onChoose: (use: ColumnUse) => void }) {
  if (uses.length < 2) return <span className={`use ${use}`}>{useWords(use)}</span>;
  return (
    <select
      className={`use ${use}`}
      aria-label={t('Use of {column}', { column })}
      value={use}
      onChange={({ target: { value } }) => {
        const chosen = uses.find((each) => each === value);
        if (chosen !== undefined) onChoose(chosen);
      }}
    >
      {uses.map((each) => (
        <option key={each} value={each}>
          {useWords(each)}
        </option>
      ))}
    </select>
  );
}

type ChosenUses = NonNullable<ProposalChoices['uses']>;

/** One column at most is the time. */
function withUse(uses: ChosenUses, column: string, use: ColumnUse): ChosenUses {
  const others = uses.filter((each) => each.column !== column && (use !== 'time' || each.use !== 'time'));
  return [...others, { column, use }];
}

function useWords(use: ColumnProposal['use']): string {
  const words: Readonly<Record<ColumnProposal['use'], string>> = {
    target: t('target'),
    time: t('time'),
    numeric: t('numeric'),
    categorical: t('categorical'),
    ignored: t('left out'),
  };
  return words[use];
}
