/** What the latest check of a data set found, in a few words. */
import * as vscode from 'vscode';
import type { CheckSummary } from '../protocol/pipeline.ts';

/** `passed`, `1 warning`, `2 failed, 3 warnings`. */
export function checkWords({ failed, warned }: CheckSummary): string {
  const warnings = warned === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', warned);
  if (failed === 0) return warned === 0 ? vscode.l10n.t('passed') : warnings;
  const failures = vscode.l10n.t('{0} failed', failed);
  return warned === 0 ? failures : `${failures}, ${warnings}`;
}
