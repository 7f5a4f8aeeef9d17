/** The words, signs and tones of checks. */
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ValidationCheck, Verdict } from '../../src/protocol/validation.ts';
import type { Tone } from '../shared/ReportFrame.tsx';

export const verdictTones: Readonly<Record<Verdict, Tone>> = { passed: 'good', warned: 'warn', failed: 'bad' };
export const verdictSigns: Readonly<Record<Verdict, string>> = { passed: '✓', warned: '▲', failed: '✗' };
export const verdictWords: Readonly<Record<Verdict, string>> = { passed: t('Passed'), warned: t('Warned'), failed: t('Failed') };
/** The worst first. */
export const verdictRanks: Readonly<Record<Verdict, number>> = { failed: 0, warned: 1, passed: 2 };

export function countOf(checks: readonly ValidationCheck[], verdict: Verdict): number {
  return checks.filter((check) => check.verdict === verdict).length;
}

/** A figure or a limit of a check. */
export function formatMeasure(value: number | undefined, unit: ValidationCheck['unit']): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return unit === 'share' ? formatShare(value) : formatCount(value);
}

/** The limit as a reader says it: `at most 10 %`, `none allowed`. */
export function formatLimit({ limit, bound, unit }: ValidationCheck): string {
  if (limit === 0 && bound === 'max') return t('none allowed');
  const measure = formatMeasure(limit, unit).replace('.0 %', ' %');
  return bound === 'max' ? t('at most {limit}', { limit: measure }) : t('at least {limit}', { limit: measure });
}

/** Failed, then warned, then passed; otherwise as the report orders them. */
export function worstFirst(checks: readonly ValidationCheck[]): ValidationCheck[] {
  return [...checks].sort((a, b) => verdictRanks[a.verdict] - verdictRanks[b.verdict]);
}
