/** A curve's points: pairs for a chart, rows for the table behind it, and how many there were before thinning. */
import { formatCount, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Curve } from '../../src/protocol/evaluation.ts';
import { DataTable } from './DataTable.tsx';

export function pointsOf({ x, y }: Pick<Curve, 'x' | 'y'>): [number, number][] {
  return x.map((each, index) => [each, y[index] ?? NaN]);
}

/** Says how many points are hidden, or nothing when none are. */
export function thinningNote(shown: number, points: number): string | undefined {
  return shown >= points ? undefined : t('{shown} of {points} points shown.', { shown: formatCount(shown), points: formatCount(points) });
}

/** Columns of numbers of equal length, one row per point. */
export function CurveTable({ label, columns }: { readonly label: string; readonly columns: Readonly<Record<string, readonly number[]>> }) {
  const names = Object.keys(columns);
  const length = columns[names[0] ?? '']?.length ?? 0;
  return (
    <DataTable
      label={label}
      wholeUpTo={Infinity}
      items={Array.from({ length }, (_, point): Point => ({ point }))}
      columns={names.map((name) => {
        const value = ({ point }: Point): number => columns[name]?.[point] ?? NaN;
        return { header: name, value, show: (item: Point) => formatPoint(value(item)) };
      })}
    />
  );
}

/** A row of a curve's table, by its place in the columns. */
interface Point {
  readonly point: number;
}

/** Counts as counts, all else as figures. */
export function formatPoint(value: number): string {
  return Number.isInteger(value) && value > 1 ? formatCount(value) : formatFigure(value);
}

/** The value of a metric in the report, where it has it. */
export function figureOf(
  report: { readonly metrics: readonly { readonly metric: string; readonly model: { readonly value: number } }[] },
  metric: string,
): string {
  const found = report.metrics.find((each) => each.metric === metric);
  return found === undefined ? '–' : formatFigure(found.model.value);
}
