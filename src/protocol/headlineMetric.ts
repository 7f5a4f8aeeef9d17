/** The one figure of a run or a stage where there is room for one: the same in every view and in the terminal. */
import { metricNames } from './metrics.ts';

export interface NamedFigure {
  readonly name: string;
  readonly value: number;
}

/**
 * What the evaluation judged by, else the most telling of what it measured, then of what training measured on held-out rows,
 * and last of what it measured on the rows it learned from; among unknown names the first. Undefined where nothing was measured.
 * @param judgedBy the metric that the evaluation itself judged by
 */
export function headlineMetric(metrics: Readonly<Record<string, number>>, judgedBy: string | undefined): NamedFigure | undefined {
  const names = Object.keys(metrics)
    .filter((name) => name !== 'rows') // a count says nothing of a model
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
