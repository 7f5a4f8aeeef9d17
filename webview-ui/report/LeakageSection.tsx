/** Whether the model knew what it should not have known: what was found, what is in order, and what could not be looked for. */
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport, LeakageFinding } from '../../src/protocol/evaluation.ts';
import type { Tone } from '../shared/ReportFrame.tsx';

const kinds: Readonly<Record<LeakageFinding['kind'], string>> = {
  sharedRows: t('Shared rows'),
  target: t('Target among the features'),
  time: t('Order of time'),
  ties: t('Ties cut'),
};

interface Line {
  readonly kind: LeakageFinding['kind'];
  readonly message: string;
  readonly outcome: 'error' | 'warn' | 'clear' | 'unknown';
}

const tones: Readonly<Record<Line['outcome'], Tone>> = { error: 'bad', warn: 'warn', clear: 'good', unknown: 'neutral' };
const signs: Readonly<Record<Line['outcome'], string>> = { error: '✗', warn: '▲', clear: '✓', unknown: '–' };
const words: Readonly<Record<Line['outcome'], string>> = {
  error: t('Found'),
  warn: t('Found'),
  clear: t('In order'),
  unknown: t('Not known'),
};

export function LeakageSection({ leakage, leakageChecks }: Pick<EvaluationReport, 'leakage' | 'leakageChecks'>) {
  const lines: readonly Line[] = [...leakage.map(({ severity, ...finding }) => ({ ...finding, outcome: severity })), ...leakageChecks];
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby="leakage">
      <h2 id="leakage">{t('Leakage')}</h2>
      <ul className="gates">
        {lines.map(({ kind, outcome, message }) => (
          <li key={message}>
            <span className={`tone ${tones[outcome]}`}>
              <span aria-hidden="true">{signs[outcome]}</span> {kinds[kind]}
              <span className="visually-hidden">: {words[outcome]}</span>
            </span>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
