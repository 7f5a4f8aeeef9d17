/** What can be predicted, the likeliest first. */
import { useMemo, useState } from 'react';
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ProjectProposal } from '../../src/protocol/dataset.ts';
import { MiniDistribution } from '../shared/MiniDistribution.tsx';
import { targetCandidates, type TargetCandidate } from './targetCandidates.ts';

interface TargetsProps {
  readonly proposal: ProjectProposal;
  readonly chosen: string;
  readonly onChoose: (target: string) => void;
}

/** So many candidates are shown at first; the rest on demand, without a scroll bar inside the page's own. */
const shownCandidates = 6;

export function Targets({ proposal, chosen, onChoose }: TargetsProps) {
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
