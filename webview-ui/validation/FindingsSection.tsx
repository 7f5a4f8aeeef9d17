/** What failed and what warned, the worst first: each a sentence, and its figure against its limit. */
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { dataChecks } from '../../src/protocol/tables/dataChecks.ts';
import type { ValidationCheck } from '../../src/protocol/validation.ts';
import { LimitBar } from './LimitBar.tsx';
import { VerdictMark } from './VerdictMark.tsx';
import { worstFirst } from './verdicts.ts';

/** Of more findings of one check, the worst stands for all. */
const shownOfOneCheck = 3;
const shownNames = 6;

export interface FindingsSectionProps {
  readonly checks: readonly ValidationCheck[];
  readonly showAll: () => void;
}

export function FindingsSection({ checks, showAll }: FindingsSectionProps) {
  const findings = worstFirst(checks).filter(({ verdict }) => verdict !== 'passed');
  if (findings.length === 0) return null;
  const groups = [...Map.groupBy(findings, ({ verdict, check }) => `${verdict} ${check}`).values()];
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">{t('What to look at')}</h2>
      <ul className="findings">
        {groups.flatMap((group) =>
          group.length <= shownOfOneCheck
            ? group.map((check) => <Finding key={`${check.check} ${check.column ?? ''}`} check={check} others={[]} showAll={showAll} />)
            : worstOf(group).map(({ check, others }) => <Finding key={check.check} check={check} others={others} showAll={showAll} />),
        )}
      </ul>
    </section>
  );
}

interface FindingProps {
  readonly check: ValidationCheck;
  /** Further findings of the same check that are not listed on their own. */
  readonly others: readonly ValidationCheck[];
}

/** The one furthest beyond its limit, with the others in order. */
function worstOf(group: readonly ValidationCheck[]): FindingProps[] {
  const excess = ({ figure, limit, bound }: ValidationCheck): number =>
    figure === undefined ? Infinity : bound === 'max' ? figure - limit : limit - figure;
  const [worst, ...others] = [...group].sort((a, b) => excess(b) - excess(a) || 0);
  return worst === undefined ? [] : [{ check: worst, others }];
}

function Finding({ check, others, showAll }: FindingProps & { readonly showAll: () => void }) {
  const { column, message, expected, example } = check;
  return (
    <li>
      <VerdictMark verdict={check.verdict} />
      <div className="what">
        <p>
          {column === undefined ? null : <code>{column}</code>} <span className="muted">{dataChecks[check.check].words()}</span>
        </p>
        <p>{message}</p>
        {expected === undefined || message.includes(expected) ? null : (
          <p className="muted small">{t('Expected: {expected}', { expected })}</p>
        )}
        {example === undefined || message.includes(example) ? null : (
          <p className="muted small">
            {t('For example')} <code>{example}</code>
          </p>
        )}
        {others.length === 0 ? null : <Others others={others} showAll={showAll} />}
      </div>
      <LimitBar check={check} />
    </li>
  );
}

function Others({ others, showAll }: { readonly others: readonly ValidationCheck[]; readonly showAll: () => void }) {
  const names = others.slice(0, shownNames).map(({ column }) => column ?? t('whole data set'));
  const more = others.length - names.length;
  return (
    <p className="others small">
      <span className="muted">{t('The same in {count} more:', { count: formatCount(others.length) })}</span>{' '}
      {names.map((name) => (
        <code key={name} title={name}>
          {name}
        </code>
      ))}{' '}
      {more <= 0 ? null : (
        <button type="button" className="plain" onClick={showAll}>
          {t('and {count} more…', { count: formatCount(more) })}
        </button>
      )}
    </p>
  );
}
