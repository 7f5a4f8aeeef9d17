/** Whether the figures pass the stage's limits. */
import { t } from '../../src/base/localize.ts';
import type { GateResult } from '../../src/protocol/evaluation.ts';

export function GatesSection({ gates }: { readonly gates: readonly GateResult[] }) {
  if (gates.length === 0) return null;
  return (
    <section aria-labelledby="gates">
      <h2 id="gates">{t('Gates')}</h2>
      <ul className="gates">
        {gates.map(({ passed, message }) => (
          <li key={message}>
            <span className={passed ? 'good' : 'bad'}>{passed ? t('✓ Passed') : t('✗ Failed')}</span>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
