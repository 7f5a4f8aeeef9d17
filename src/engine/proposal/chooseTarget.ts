/** Which column a model would most likely predict, and why. Pure. */
import { t } from '../../base/localize.ts';
import type { ColumnProfile } from '../../protocol/dataset.ts';

export interface TargetCandidate {
  readonly column: string;
  readonly reason: string;
}

const telling = /^(target|label|class|y|outcome|response|result|churn(ed)?|survived|species|default(ed)?|fraud|price|is_?\w+|has_?\w+)$/i;

/** Texts with more values than this are names, not classes. */
const mostClasses = 50;

/** The columns that could be a target, the likeliest first: by name, then by kind of values, then by place. */
export function rankTargets(columns: readonly ColumnProfile[], rows: number): TargetCandidate[] {
  const scored = columns.flatMap((column, index) => {
    const likelihood = likelihoodOf(column, rows);
    if (likelihood === undefined) return [];
    const last = index === columns.length - 1 ? 0.5 : 0;
    return [{ column: column.name, index, score: likelihood.score + last, reason: likelihood.reason }];
  });
  scored.sort((a, b) => b.score - a.score || b.index - a.index);
  return scored.map(({ column, reason }) => ({ column, reason }));
}

function likelihoodOf(column: ColumnProfile, rows: number): { score: number; reason: string } | undefined {
  if (column.type === 'timestamp' || column.distinct < 2 || isIdentifier(column, rows)) return undefined;
  if (telling.test(column.name)) return { score: 4, reason: t('its name is one that targets often have') };
  if (column.type === 'boolean' || column.distinct === 2) return { score: 3, reason: t('it has two values, so it can be told apart') };
  if (column.type === 'text' || column.type === 'category') {
    if (column.distinct > mostClasses) return undefined;
    return { score: 2, reason: t('it has {count} classes', { count: column.distinct }) };
  }
  return { score: 1, reason: t('it is a number that could be estimated') };
}

const identifierName = /(^|[_\W])(id|key|uuid|guid|index|no|nr|number|code)$/i;

/** A value of its own in every row: it tells rows apart and nothing about them. */
export function isIdentifier(column: ColumnProfile, rows: number): boolean {
  const present = rows - column.missing;
  if (present < 20) return false;
  if (column.type === 'text' || column.type === 'category') return column.distinct > 0.5 * present;
  if (column.type !== 'integer' || column.distinct < 0.95 * present) return false;
  const { min, max } = column;
  const consecutive = typeof min === 'number' && typeof max === 'number' && max - min + 1 <= 1.02 * present;
  return consecutive || identifierName.test(column.name);
}
