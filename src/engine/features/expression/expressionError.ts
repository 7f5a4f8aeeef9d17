/** What is wrong with a feature expression, and where in it. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { nearestName } from '../../project/text/nearestName.ts';
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

/** A column that the data lacks; a misspelt one is told with the name that it most likely means. */
export function noSuchColumn(source: string, at: Span, name: string, known: readonly string[]): AppError {
  const nearest = nearestName(name, known);
  const columns = t('The columns are {columns}.', { columns: known.join(', ') });
  const remedy = nearest === undefined ? columns : `${t('Did you mean "{nearest}"?', { nearest })} ${columns}`;
  return expressionError(source, at, t('there is no column "{name}".', { name }), remedy);
}
