/** A figure beside its limit; a share also as a bar with a mark where the limit lies. */
import { t } from '../../src/base/localize.ts';
import type { ValidationCheck } from '../../src/protocol/validation.ts';
import { formatLimit, formatMeasure, verdictTones } from './verdicts.ts';

const width = 132;

export function LimitBar({ check }: { readonly check: ValidationCheck }) {
  const { figure, limit, unit, verdict } = check;
  const words = t('{figure}, {limit}', { figure: formatMeasure(figure, unit), limit: formatLimit(check) });
  return (
    <div className="against-limit">
      <span className="visually-hidden">{words}</span>
      <span aria-hidden="true" className="figure">
        {formatMeasure(figure, unit)}
      </span>
      <span aria-hidden="true" className="muted small">
        {formatLimit(check)}
      </span>
      {unit === 'share' && figure !== undefined ? <Scale figure={figure} limit={limit} tone={verdictTones[verdict]} /> : null}
    </div>
  );
}

/** From 0 to a little beyond the larger of both, so that the mark is always inside. */
function Scale({ figure, limit, tone }: { readonly figure: number; readonly limit: number; readonly tone: string }) {
  const end = Math.min(1, Math.max(figure, limit) * 1.25) || 1;
  const x = (share: number): number => (Math.min(share, end) / end) * (width - 2) + 1;
  return (
    <svg className={`limit tone ${tone}`} viewBox={`0 0 ${width} 14`} width={width} height="14" aria-hidden="true">
      <rect className="track" x="0.5" y="4.5" width={width - 1} height="5" />
      <rect className="value" x="1" y="4" width={Math.max(figure > 0 ? 1.5 : 0, x(figure) - 1)} height="6" />
      <line className="mark" x1={x(limit)} x2={x(limit)} y1="0" y2="14" />
    </svg>
  );
}
