/** Stages and checks in a few words, the same in every view. */
import { t } from '../../base/localize.ts';
import type { StageState } from '../job.ts';
import type { CheckSummary } from '../pipeline.ts';

/** The state as a person says it. */
export function stateWords(state: StageState): string {
  switch (state) {
    case 'stale':
      return t('would run');
    case 'unchanged':
      return t('up to date');
    case 'done':
      return t('done');
    case 'waiting':
      return t('waiting');
    case 'running':
      return t('running');
    case 'failed':
      return t('failed');
    case 'cancelled':
      return t('cancelled');
    case 'blocked':
      return t('blocked');
  }
}

/** What the latest check of a data set found: `passed`, `1 warning`, `2 failed, 3 warnings`. */
export function checkWords({ failed, warned }: CheckSummary): string {
  const warnings = warned === 1 ? t('1 warning') : t('{count} warnings', { count: warned });
  if (failed === 0) return warned === 0 ? t('passed') : warnings;
  const failures = t('{count} failed', { count: failed });
  return warned === 0 ? failures : `${failures}, ${warnings}`;
}

/** Why a stage would run, or what stopped it, in one line: after a sentence a new one begins. */
export function reasonWords(reasons: readonly string[]): string {
  return reasons.map((reason, index) => (index === reasons.length - 1 ? reason : `${reason}${/[.!?]$/.test(reason) ? '' : ';'}`)).join(' ');
}
