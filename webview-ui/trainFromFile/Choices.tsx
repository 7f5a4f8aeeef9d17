/** The choices: what to predict, from which columns, and how; beside them, what follows. */
import { startTransition, useOptimistic } from 'react';
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ProjectProposal, ProposalChoices } from '../../src/protocol/dataset.ts';
import type { TrainFromFileView } from '../../src/protocol/pages/pageContract.ts';
import { proposalSentence } from '../../src/protocol/words/proposalWords.ts';
import { ErrorNotice } from '../shared/ErrorNotice.tsx';
import { ask, type TrainFromFileActions } from './actions.ts';
import { ColumnUses } from './ColumnUses.tsx';
import { Means } from './Means.tsx';
import { Targets } from './Targets.tsx';

interface ChoicesProps {
  readonly view: Extract<TrainFromFileView, { readonly state: 'choosing' }>;
  readonly actions: TrainFromFileActions;
}

/** The choices as the user left them, at once; the host's own once it has answered. */
function useChoices({ view, actions }: ChoicesProps): readonly [ProposalChoices, (choices: ProposalChoices) => void] {
  const [choices, setChoices] = useOptimistic(view.choices);
  const choose = (next: ProposalChoices): void => {
    startTransition(async () => {
      setChoices(next);
      await actions.choose?.(next).catch(() => undefined); // the host shows the failure as a state of the page
    });
  };
  return [choices, choose];
}

export function Choices({ view, actions }: ChoicesProps) {
  const { proposal, refreshing, problem } = view;
  const [choices, choose] = useChoices({ view, actions });
  return (
    <>
      <AboutFile proposal={proposal} />
      <section aria-labelledby="target">
        <h2 id="target">{t('Predict')}</h2>
        {problem === undefined ? null : <ErrorNotice error={problem} />}
        {proposal.isDoubtful && choices.target === undefined ? (
          <p className="warning">
            {t('Nothing says which column is to be predicted: neither a name nor the last column. The first one is a guess, so choose.')}
          </p>
        ) : null}
        <Targets
          proposal={proposal}
          chosen={choices.target ?? proposal.target}
          onChoose={(target) => {
            choose(withTarget(choices, target));
          }}
        />
      </section>
      <section aria-labelledby="columns" aria-busy={refreshing}>
        <h2 id="columns">{t('From these columns')}</h2>
        {proposal.warnings.map((warning) => (
          <p key={warning} className="warning">
            {warning}
          </p>
        ))}
        <ColumnUses proposal={proposal} choices={choices} choose={choose} />
      </section>
      <section aria-labelledby="means" aria-busy={refreshing}>
        <h2 id="means">{t('Trained and judged')}</h2>
        <Means proposal={proposal} choices={choices} choose={choose} />
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
          {refreshing ? t('Working out what follows…') : proposalSentence(proposal)}
        </span>
        {isProposed(choices) ? null : (
          <button
            type="button"
            className="plain"
            onClick={() => {
              choose({ target: choices.target });
            }}
          >
            {t('Back to What Is Proposed')}
          </button>
        )}
      </footer>
    </>
  );
}

function AboutFile({ proposal: { profile, reading } }: { readonly proposal: ProjectProposal }) {
  return (
    <>
      <p className="muted">
        {t('{rows} rows, {columns} columns', { rows: formatCount(profile.rows), columns: formatCount(profile.columns.length) })}
      </p>
      {reading.map((sentence) => (
        <p key={sentence} className="muted small">
          {sentence}
        </p>
      ))}
    </>
  );
}

/** Another target may be of another kind, which has other trainers and metrics. */
function withTarget({ uses = [], split }: ProposalChoices, target: string): ProposalChoices {
  return { target, uses: uses.filter(({ column }) => column !== target), split: split === 'random' ? split : undefined };
}

/** Whether nothing was chosen but the target. */
function isProposed({ uses = [], trainer, split, metric }: ProposalChoices): boolean {
  return uses.length === 0 && trainer === undefined && split === undefined && metric === undefined;
}
