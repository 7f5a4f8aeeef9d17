/** The one figure of a run or a stage where there is room for one: the same in every view and in the terminal. */
import { formatCount, formatFigure } from '../base/format.ts';
import { metricNames } from './tables/metrics.ts';

export interface NamedFigure {
  readonly name: string;
  readonly value: number;
}

/** Figures that are counts of rows, not measures of a model. */
export const rowCounts = { read: 'rows', rejected: 'rejected' } as const;

function isCount(name: string): boolean {
  return name === rowCounts.read || name === rowCounts.rejected;
}

/** The value as it is shown beside its name. */
export function figureText({ name, value }: NamedFigure): string {
  return isCount(name) ? formatCount(value) : formatFigure(value);
}

/**
 * What the evaluation judged by, else the most telling of what it measured, then of what training measured on held-out rows,
 * and last of what it measured on the rows it learned from; among unknown names the first. Undefined where nothing was measured.
 * @param judgedBy the metric that the evaluation itself judged by; a count is a headline only as that, for it says nothing of a model
 */
export function headlineMetric(metrics: Readonly<Record<string, number>>, judgedBy: string | undefined): NamedFigure | undefined {
  const names = Object.keys(metrics)
    .filter((name) => !isCount(name) || name === judgedBy)
    .sort();
  const candidates = [
    ...(judgedBy === undefined ? [] : [judgedBy]),
    ...metricNames,
    ...metricNames.map((name) => `validation_${name}`),
    ...names.filter((name) => name.startsWith('validation_')),
    ...metricNames.map((name) => `training_${name}`),
  ];
  const name = candidates.find((candidate) => names.includes(candidate)) ?? names[0];
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
