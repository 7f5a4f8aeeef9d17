/** What every report begins with: where it comes from, its title, the verdict in a sentence, and a handful of facts. */
import type { ReactNode } from 'react';
import { t } from '../../src/base/localize.ts';

export interface ReportHeaderProps {
  /** From the project down to the stage. */
  readonly path: readonly string[];
  readonly title: string;
  /** Left out in an exported page. */
  readonly exportHtml?: (() => Promise<unknown>) | undefined;
  /** Buttons before the one that exports. */
  readonly children?: ReactNode;
}

export function ReportHeader({ path, title, exportHtml, children }: ReportHeaderProps) {
  return (
    <header>
      <div>
        <p className="muted">{path.join(' › ')}</p>
        <h1>{title}</h1>
      </div>
      {exportHtml === undefined ? null : (
        <div className="buttons">
          {children}
          <button type="button" onClick={() => void exportHtml()}>
            {t('Export as HTML…')}
          </button>
        </div>
      )}
    </header>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

/** The sign repeats the colour for those who cannot tell colours apart. */
export function Verdict({ tone, sign, children }: { readonly tone: Tone; readonly sign: string; readonly children: ReactNode }) {
  return (
    <p className={`verdict ${tone}`}>
      <span aria-hidden="true">{sign}</span>
      <span>{children}</span>
    </p>
  );
}

export type Fact = readonly [name: string, value: ReactNode];

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return <Definitions className="facts" entries={facts} />;
}

/** Where the numbers come from, and buttons that lead there. */
export function Provenance({ entries, children }: { readonly entries: readonly Fact[]; readonly children?: ReactNode }) {
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">{t('Provenance')}</h2>
      <Definitions className="provenance" entries={entries} />
      {children}
    </section>
  );
}

function Definitions({ className, entries }: { readonly className: string; readonly entries: readonly Fact[] }) {
  return (
    <dl className={className}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A moment as text: `2026-01-31 12:00:00 UTC`. */
export function formatMoment(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}
