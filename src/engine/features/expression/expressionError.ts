/** What is wrong with a feature expression, and where in it. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Span } from './syntax.ts';

/**
 * An error that quotes the expression and counts characters from 1.
 * @param problem a full sentence
 */
export function expressionError(source: string, at: Span, problem: string, remedy?: string): AppError {
  const args = { expression: source, position: at.start + 1, length: Math.max(1, at.end - at.start), problem };
  return new AppError('features.expression', t('In the expression "{expression}", at character {position}: {problem}', args), {
    args,
    remedy: remedy ?? t('See the language of feature expressions in docs/training.md.'),
  });
}
