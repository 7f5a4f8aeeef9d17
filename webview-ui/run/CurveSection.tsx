/** One chart of the curves of a run, growing while it trains; another quantity can be chosen where there are several. */
import type { LineSeriesOption } from 'echarts/charts';
import { useCallback, useState } from 'react';
import { formatCount, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { RunCurve, RunCurves, RunSheet } from '../../src/protocol/run.ts';
import { Chart, tooltip, valueAxis, type ChartOption } from '../shared/Chart.tsx';
import { CurveTable } from '../shared/curveTable.tsx';
import { dashes, legend, sentences } from '../shared/lines.ts';
import type { Theme } from '../shared/theme.ts';

export function CurveSection({ sheet }: { readonly sheet: RunSheet }) {
  const { curves, bestRound } = sheet;
  const [chosen, setChosen] = useState<string>();
  const shown = curves.find(({ quantity }) => quantity === chosen) ?? curves[0];
  const last = Math.max(...(shown?.curves ?? []).map(({ steps }) => steps.at(-1) ?? 0));
  if (shown === undefined) {
    return expectsRounds(sheet) ? (
      <section aria-labelledby="curves">
        <h2 id="curves">{t('Curves')}</h2>
        <p className="muted">{t('They appear with the second round.')}</p>
      </section>
    ) : null;
  }
  return (
    <section aria-labelledby="curves" className="curves">
      <h2 id="curves">{t('Curves')}</h2>
      {curves.length < 2 ? null : (
        <p className="toolbar">
          <label>
            {t('Quantity')}
            <select
              value={shown.quantity}
              onChange={({ target }) => {
                setChosen(target.value);
              }}
            >
              {curves.map(({ quantity }) => (
                <option key={quantity}>{quantity}</option>
              ))}
            </select>
          </label>
        </p>
      )}
      <QuantityChart shown={shown} bestRound={bestRound === last ? undefined : bestRound} />
    </section>
  );
}

/** Whether it trains in rounds and has not told of two of them yet; folds and seeds have curves of their own. */
function expectsRounds({ run, parameters, nested }: RunSheet): boolean {
  return run.status === 'RUNNING' && nested.length === 0 && parameters.max_iter !== undefined;
}

function QuantityChart({ shown, bestRound }: { readonly shown: RunCurves; readonly bestRound: number | undefined }) {
  const { quantity, curves, hidden } = shown;
  const option = useCallback((theme: Theme) => optionOf(theme, shown, bestRound), [shown, bestRound]);
  const ends = curves.map(({ metric, steps, values }) => t('{metric} is {value} at round {step}', lastOf({ metric, steps, values })));
  return (
    <Chart
      title={t('{quantity} by round', { quantity })}
      description={`${ends.join('; ')}.`}
      note={sentences(
        bestRound === undefined ? undefined : t('Line: the round whose model was kept, {round}.', { round: bestRound }),
        hidden === 0
          ? undefined
          : t('+ {hidden} points hidden; the smallest and largest of each stretch are shown.', { hidden: formatCount(hidden) }),
      )}
      option={option}
      table={<CurveTable label={t('{quantity} by round', { quantity })} columns={tableOf(curves)} />}
    />
  );
}

function lastOf({ metric, steps, values }: RunCurve): { metric: string; value: string; step: number } {
  return { metric, value: formatFigure(values.at(-1) ?? NaN), step: steps.at(-1) ?? 0 };
}

/** Thinning may keep other rounds of each curve: the table has every round that one of them has. */
function tableOf(curves: readonly RunCurve[]): Record<string, number[]> {
  const steps = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  const columns = curves.map(({ metric, ...curve }) => {
    const at = new Map(curve.steps.map((step, index) => [step, curve.values[index] ?? NaN]));
    return [metric, steps.map((step) => at.get(step) ?? NaN)] as const;
  });
  return { [t('Round')]: steps, ...Object.fromEntries(columns) };
}

function optionOf(theme: Theme, { quantity, curves }: RunCurves, bestRound: number | undefined): ChartOption {
  const last = Math.max(...curves.map(({ steps }) => steps.at(-1) ?? 0));
  return {
    ...legend(theme),
    tooltip: { ...tooltip(theme), valueFormatter: (value) => formatFigure(Number(value)) },
    xAxis: { ...valueAxis(theme, t('Round')), splitLine: { show: false }, min: 'dataMin', max: last },
    yAxis: { ...valueAxis(theme, quantity), scale: true, nameGap: 52 },
    series: curves.map((curve, index) =>
      seriesOf(theme, curve, { index, name: partOf(curve, quantity), mark: index === 0 ? bestRound : undefined }),
    ),
  };
}

/** `training` for `training_log_loss` in a chart of `log_loss`: a legend has little room, and the title has the rest. */
function partOf({ metric }: RunCurve, quantity: string): string {
  return metric.endsWith(`_${quantity}`) ? metric.slice(0, -quantity.length - 1) : metric;
}

function seriesOf(
  theme: Theme,
  { steps, values }: RunCurve,
  { index, name, mark }: { readonly index: number; readonly name: string; readonly mark: number | undefined },
): LineSeriesOption {
  return {
    type: 'line',
    name,
    data: steps.map((step, point) => [step, values[point] ?? NaN]),
    symbol: 'none',
    lineStyle: { width: 2, type: dashes[index % dashes.length] ?? 'solid' },
    ...(mark === undefined
      ? {}
      : {
          markLine: {
            symbol: 'none',
            silent: true,
            data: [{ xAxis: mark }],
            lineStyle: { color: theme.muted, type: 'solid', width: 1 },
            label: { show: false },
          },
        }),
  };
}
