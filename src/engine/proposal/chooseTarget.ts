/** Which column a model would most likely predict, and why. Pure. */
import { basename } from 'node:path';
import { t } from '../../base/localize.ts';
import type { ColumnProfile, DatasetProfile } from '../../protocol/dataset.ts';
import { isIdentifier } from './identifiers.ts';

export interface TargetCandidate {
  readonly column: string;
  readonly reason: string;
}

export interface RankedTargets {
  /** The likeliest first. */
  readonly candidates: readonly TargetCandidate[];
  /** Whether a person would have to be asked: neither a name nor the place of the first one says that it is the target. */
  readonly isDoubtful: boolean;
}

/** Names that say it, the surest first. */
const tellingNames: readonly RegExp[] = [
  /^(target|label|labels|class|classes|outcome|response|dependent|ground_?truth)$/i,
  /^(churn(ed)?|survived|species|default(ed)?|is_?fraud|fraud(ulent)?|spam|diagnosis|arrest(ed)?|purchased?|approved|attrition|admit(ted)?)$/i,
  /^(price|sale_?price|salary|wages?|income|revenue|sales|charges|medv|mpg|quality|rating|arr_?delay)$/i,
  /^(result|died|dead|death|event|status|outcome\w*|direction|choice|success|win(ner)?|lwage|log_?wage|log_?price)$/i,
  /(^|_|\.)(target|label|class|outcome|price|delay|churn)$/i,
];

/** Told by a letter, which is a place on an axis beside an x. */
const letter = /^y$/i;

/** Texts with more values than this are names, not classes. */
const mostClasses = 50;
/** Nobody predicts what is hardly ever known. */
const mostMissing = 0.5;

/** Where and when a row is from, or which one it is: rarely what is asked for, even in the last column. */
const circumstance =
  /^(year|yr|month|mnth|day|date|hour|hr|minute|second|weekday|lat(itude)?|lon(g|gitude)?|zip(code)?|postcode|ids?|key|code|group|block|subj(ect)?|patient|person|batch|fold|split|url|comment)s?$/i;

/**
 * The columns that could be a target, the likeliest first: called like the file, with a name that targets often have, the last
 * one, then numbers and classes, then what has two values only, which flags have; among equals the later one. Places and times
 * come after the others.
 */
export function rankTargets({ columns, rows, path }: DatasetProfile): RankedTargets {
  const stem = plain(
    basename(path)
      .replace(/\.gz$/i, '')
      .replace(/\.[^.]*$/, ''),
  );
  const usable = columns.flatMap((column, index) => (canBeTarget(column, rows, index) ? [{ column, index }] : []));
  const hasAxes = columns.some(({ name }) => /^x$/i.test(name));
  const ranked = usable
    .map(({ column, index }) => ({
      column: column.name,
      index,
      ...likelihoodOf(column, { stem, hasAxes, isLast: index === columns.length - 1 }),
    }))
    .sort((a, b) => b.score - a.score || b.index - a.index);
  const candidates = ranked.map(({ column, reason }) => ({ column, reason }));
  return { candidates, isDoubtful: candidates.length !== 1 && (ranked[0]?.score ?? 0) < surely };
}

function canBeTarget(column: ColumnProfile, rows: number, index: number): boolean {
  if (column.type === 'timestamp' || column.distinct < 2 || isIdentifier(column, rows, index === 0)) return false;
  if (column.missing > mostMissing * rows || (column.infinite > 0 && column.type === 'number')) return false;
  return (column.type !== 'text' && column.type !== 'category') || (column.distinct <= mostClasses && column.distinct * 2 <= rows);
}

/** From this score on the choice is one that a person would make without asking. */
const surely = 10;

interface Likelihood {
  readonly score: number;
  readonly reason: string;
}

function likelihoodOf(column: ColumnProfile, { stem, hasAxes, isLast }: { stem: string; hasAxes: boolean; isLast: boolean }): Likelihood {
  const { name } = column;
  if (isCalledLike(plain(name), stem)) return { score: 40, reason: t('it is called like the file') };
  const place = tellingNames.findIndex((pattern) => pattern.test(name));
  if (place >= 0) return { score: 30 - place, reason: t('its name is one that targets often have') };
  if (letter.test(name) && !hasAxes) return { score: 22, reason: t('its name is one that targets often have') };
  const isCircumstance = circumstance.test(name);
  if (isLast && !isCircumstance) return { score: 20, reason: t('it is the last column') };
  const kind = kindOf(column);
  return { ...kind, score: isCircumstance ? kind.score - 5 : kind.score };
}

function kindOf(column: ColumnProfile): Likelihood {
  if (column.type === 'boolean' || column.distinct === 2) return { score: 5, reason: t('it has two values, so it can be told apart') };
  if (column.type === 'text' || column.type === 'category')
    return { score: 6, reason: t('it has {count} classes', { count: column.distinct }) };
  return { score: 7, reason: t('it is a number that could be estimated') };
}

/** `Wage.csv` and `wage`, `cats` and `cat`; a single letter is no name. */
function isCalledLike(name: string, stem: string): boolean {
  return name.length > 1 && (name === stem || `${name}s` === stem || name === `${stem}s`);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
