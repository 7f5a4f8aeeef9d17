/** The metrics of a run as a table: one row for each quantity, one column for each part of the data it was measured on. Pure. */
import { repeatedMetrics } from './repeats.ts';

export interface MetricCell {
  readonly value: number;
  /** Over folds or seeds; undefined where it was measured once. */
  readonly spread: number | undefined;
}

export interface MetricTable {
  /** `training`, `validation`, and the evaluate stages; a column is there only when something stands in it. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly quantity: string; readonly cells: readonly (MetricCell | undefined)[] }[];
}

const parts: readonly (readonly [column: string, prefix: RegExp])[] = [
  ['training', /^(training|train)[_/]/],
  ['validation', /^(validation|valid|val)[_/]/],
  ['test', /^(test|eval)[_/]/],
];

/**
 * @param evaluations the evaluate stages of the run, oldest first: names of the second and later ones begin with the stage's
 */
export function metricTable(metrics: Readonly<Record<string, number>>, evaluations: readonly string[]): MetricTable {
  const [first = 'measured', ...others] = evaluations;
  const spreads = new Map(repeatedMetrics(metrics).map(({ metric, standardDeviation }) => [metric, standardDeviation]));
  const table = new Map<string, Map<string, MetricCell>>();
  for (const [name, value] of Object.entries(metrics)) {
    if (name.endsWith('_std') && spreads.has(name.slice(0, -'_std'.length))) continue;
    const [column, quantity] = placeOf(name, first, others);
    const row = table.get(quantity) ?? new Map<string, MetricCell>();
    row.set(column, { value, spread: spreads.get(name) });
    table.set(quantity, row);
  }
  const used = new Set([...table.values()].flatMap((row) => [...row.keys()]));
  const columns = [...parts.map(([column]) => column), first, ...others].filter(
    (column, index, all) => used.has(column) && all.indexOf(column) === index,
  );
  const rows = [...table].map(([quantity, row]) => ({ quantity, cells: columns.map((column) => row.get(column)) }));
  return { columns, rows: rows.sort((a, b) => filled(b) - filled(a) || (a.quantity < b.quantity ? -1 : 1)) };
}

function placeOf(name: string, first: string, others: readonly string[]): [column: string, quantity: string] {
  const stage = others.find((other) => name.startsWith(`${other}_`));
  if (stage !== undefined) return [stage, name.slice(stage.length + 1)];
  const part = parts.find(([, prefix]) => prefix.test(name));
  return part === undefined ? [first, name] : [part[0], name.replace(part[1], '')];
}

function filled({ cells }: MetricTable['rows'][number]): number {
  return cells.filter((cell) => cell !== undefined).length;
}
