/** By what the target is learned, on which rows the model is measured, and by which figure it is judged. */
import { useId } from 'react';
import { t } from '../../src/base/localize.ts';
import type { ProjectProposal, ProposalChoices } from '../../src/protocol/dataset.ts';
import { metricLabel } from '../../src/protocol/tables/metrics.ts';
import { splitWords } from '../../src/protocol/words/proposalWords.ts';
import { trainerWords } from '../../src/protocol/tables/trainers.ts';

interface MeansProps {
  readonly proposal: ProjectProposal;
  readonly choices: ProposalChoices;
  readonly choose: (choices: ProposalChoices) => void;
}

export function Means({ proposal, choices, choose }: MeansProps) {
  const { trainer, split, metric, options } = proposal;
  return (
    <div className="means">
      <Choice
        label={t('Model')}
        value={choices.trainer ?? trainer}
        options={options.trainers}
        words={trainerWords}
        onChoose={(value) => {
          choose({ ...choices, trainer: value });
        }}
      />
      <Choice
        label={t('Measured on')}
        value={choices.split ?? split}
        options={options.splits}
        words={splitWords}
        onChoose={(value) => {
          choose({ ...choices, split: value });
        }}
      />
      <Choice
        label={t('Judged by')}
        value={choices.metric ?? metric}
        options={options.metrics}
        words={metricLabel}
        onChoose={(value) => {
          choose({ ...choices, metric: value });
        }}
      />
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  /** The default first. */
  readonly options: readonly Value[];
  readonly words: (value: Value) => string;
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string>({ label, value, options, words, onChoose }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="muted small">
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={options.length < 2}
        onChange={({ target }) => {
          const chosen = options.find((option) => option === target.value);
          if (chosen !== undefined) onChoose(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {words(option)}
          </option>
        ))}
      </select>
    </div>
  );
}
