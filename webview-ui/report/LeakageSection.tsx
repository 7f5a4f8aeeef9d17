/** Signs that the model knew what it should not have known. */
import { t } from '../../src/base/localize.ts';
import type { LeakageFinding } from '../../src/protocol/evaluation.ts';

const kinds: Readonly<Record<LeakageFinding['kind'], string>> = {
  sharedRows: t('Shared rows'),
  target: t('Target among the features'),
  time: t('Order of time'),
  ties: t('Ties cut'),
};

export function LeakageSection({ findings }: { readonly findings: readonly LeakageFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <section aria-labelledby="leakage">
      <h2 id="leakage">{t('Leakage')}</h2>
      <ul className="gates">
        {findings.map(({ kind, severity, message, column }) => (
          <li key={`${kind} ${column ?? ''} ${message}`}>
            <span className={`tone ${severity === 'error' ? 'bad' : 'warn'}`}>
              <span aria-hidden="true">{severity === 'error' ? '✗' : '▲'}</span> {kinds[kind]}
            </span>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
