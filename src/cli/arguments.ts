/** Values of options, parsed where commander reads them, so that a wrong one is a usage error. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../base/clock.ts';
import { t } from '../base/localize.ts';
import { columnUses, type ProposalChoices } from '../protocol/dataset.ts';
import type { ReadSetting } from '../engine/project/schema/readSettings.ts';

/** The file that a page is written to: only a page may lie there already, and none of the files that a project reads. */
export function parsePagePath(text: string): string {
  if (!/\.html?$/i.test(text)) throw new InvalidArgumentError(t('A page is written to a file that ends in .html.'));
  return text;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError(t('It is no whole number from 1.'));
  return value;
}

/** A moment: a date or time in ISO 8601, or a length of time before now such as `7d`. @returns milliseconds since 1970 UTC */
export function parseSince(text: string): number {
  const ms = parseDuration(text);
  return ms === undefined ? parseMoment(text).getTime() : Date.now() - ms;
}

/** A date or time in ISO 8601, UTC unless it names an offset. */
export function parseMoment(text: string): Date {
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const value = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(zoned) : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError(t('It is no date such as 2026-05-01 or 2026-05-01T12:00:00Z.'));
  return new Date(value);
}

/** Collects `--set path=value` by path; the last of a path counts. */
export function collectOverride(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError(t('Write path=value, for example params.learning_rate=0.05.'));
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** A size such as `500MB` or `2 GB`. @returns bytes */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text.trim());
  const unit = sizeUnits[(match?.[2] ?? '?').toLowerCase()];
  if (match === null || unit === undefined) throw new InvalidArgumentError(t('It is no size such as 500MB or 2GB.'));
  return Number(match[1]) * unit;
}

/** Any number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(t('It is no number.'));
  return value;
}

/** A limit on a metric. */
interface Limit {
  readonly metric: string;
  readonly value: number;
}

/** `roc_auc=0.7`. */
export function parseLimit(text: string): Limit {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError(t('Write metric=value, for example roc_auc=0.7.'));
  return { metric: text.slice(0, equals), value: parseNumber(text.slice(equals + 1)) };
}

/** What a false positive and a false negative cost: `1:10`. */
export function parseCost(text: string): { readonly false_positive: number; readonly false_negative: number } {
  const [positive = '', negative = '', ...more] = text.split(':');
  const costs = { false_positive: parseNumber(positive), false_negative: parseNumber(negative) };
  if (more.length > 0 || costs.false_positive < 0 || costs.false_negative < 0) {
    throw new InvalidArgumentError(t('Write two numbers from 0, for example 1:10.'));
  }
  return costs;
}

/** Collects `--probability class=column` by class. */
export function collectClass(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const equals = text.lastIndexOf('=');
  if (equals < 1 || equals === text.length - 1) throw new InvalidArgumentError(t('Write class=column, for example cat=p_cat.'));
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Collects `--read key=value` in their order. */
export function collectReadSetting(text: string, earlier: readonly ReadSetting[] = []): readonly ReadSetting[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError(t('Write key=value, for example null_values=NA.'));
  return [...earlier, { key: text.slice(0, equals), text: text.slice(equals + 1) }];
}

type ChosenUses = NonNullable<ProposalChoices['uses']>;

/** Collects `--use column=use`; the last word on a column counts. */
export function collectUse(text: string, earlier: ChosenUses = []): ChosenUses {
  const equals = text.lastIndexOf('=');
  const use = columnUses.find((each) => each === text.slice(equals + 1));
  if (equals < 1 || use === undefined) {
    throw new InvalidArgumentError(t('Write column=use, where the use is one of {uses}.', { uses: columnUses.join(', ') }));
  }
  return [...earlier, { column: text.slice(0, equals), use }];
}
