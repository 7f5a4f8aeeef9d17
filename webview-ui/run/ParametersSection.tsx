/** What the run was made with; what was changed since the run before is marked. */
import { t } from '../../src/base/localize.ts';
import type { RunSheet } from '../../src/protocol/run.ts';
import { changeName } from '../../src/protocol/words/runTitle.ts';

export function ParametersSection({ sheet: { run, parameters } }: { readonly sheet: RunSheet }) {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const changed = new Set((run.changes ?? []).map(changeName));
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="parameters">
      <h2 id="parameters">{t('Parameters')}</h2>
      <dl className="parameters">
        {entries.map(([name, value]) => (
          <div key={name} className={changed.has(name) ? 'changed' : undefined}>
            <dt>
              {name}
              {changed.has(name) ? <span className="muted small"> {t('changed')}</span> : null}
            </dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
