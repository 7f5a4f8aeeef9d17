/** The one figure of a run or a stage where there is room for one: the same in every view and in the terminal. */

export interface NamedFigure {
  readonly name: string;
  readonly value: number;
}

export interface HeadlineChoice {
  /** Evaluation's metrics, the most telling first. */
  readonly order: readonly string[];
  /** The metric that the evaluation itself judged by. */
  readonly judgedBy?: string | undefined;
}

/**
 * What the evaluation judged by, else the first in order of what it measured, then of what training measured on held-out rows,
 * and last of what it measured on the rows it learned from; among unknown names the first. Undefined where nothing was measured.
 */
export function headlineMetric(metrics: Readonly<Record<string, number>>, { order, judgedBy }: HeadlineChoice): NamedFigure | undefined {
  const names = Object.keys(metrics)
    .filter((name) => name !== 'rows') // a count says nothing of a model
    .sort();
  const candidates = [
    ...(judgedBy === undefined ? [] : [judgedBy]),
    ...order,
    ...order.map((name) => `validation_${name}`),
    ...names.filter((name) => name.startsWith('validation_')),
    ...order.map((name) => `training_${name}`),
  ];
  const name = candidates.find((candidate) => names.includes(candidate)) ?? names[0];
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
