/** One curve, or a few in one chart that line styles tell apart, with one table of all their points. */
import { t } from '../../../src/base/localize.ts';
import type { Curve } from '../../../src/protocol/evaluation.ts';
import { DataTable, type Column } from '../../shared/DataTable.tsx';
import { formatPoint, pointsOf, thinningNote } from '../../shared/curveTable.tsx';
import { dashes } from '../../shared/lines.ts';

export interface NamedCurve {
  /** Left out where there is only one. */
  readonly name?: string;
  readonly curve: Curve;
}

/** As many curves as can be told apart in one chart. */
export const mostCurves = dashes.length;

export function curveSeries(curves: readonly NamedCurve[], name: string) {
  return curves.map(({ name: own, curve }, index) => ({
    type: 'line' as const,
    name: own ?? name,
    data: pointsOf(curve),
    symbol: 'none',
    lineStyle: { width: curves.length > 1 ? 1.75 : 2, type: dashes[index] ?? 'solid' },
    ...(curves.length > 1 ? {} : { areaStyle: { opacity: 0.07 } }),
  }));
}

export function thinningNotes(curves: readonly NamedCurve[]): string | undefined {
  const shown = curves.reduce((sum, { curve }) => sum + curve.x.length, 0);
  return thinningNote(
    shown,
    curves.reduce((sum, { curve }) => sum + curve.points, 0),
  );
}

interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface NamedCurveTableProps {
  readonly label: string;
  readonly curves: readonly NamedCurve[];
  readonly axes: readonly [x: string, y: string];
}

export function NamedCurveTable({ label, curves, axes }: NamedCurveTableProps) {
  const points = curves.flatMap(({ name = '', curve }) => pointsOf(curve).map(([x, y]): NamedPoint => ({ name, x, y })));
  const columns: Column<NamedPoint>[] = [
    ...(curves.length > 1 ? [{ header: t('Class'), value: ({ name }: NamedPoint) => name }] : []),
    { header: axes[0], value: ({ x }) => x, show: ({ x }) => formatPoint(x) },
    { header: axes[1], value: ({ y }) => y, show: ({ y }) => formatPoint(y) },
  ];
  return <DataTable label={label} columns={columns} items={points} wholeUpTo={Infinity} />;
}
