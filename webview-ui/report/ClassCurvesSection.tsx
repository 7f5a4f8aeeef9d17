/** The curves of several classes, each against the rest: a few beside one another, or one with its calibration. */
import { useMemo, useState } from 'react';
import { formatCount, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ClassCurves, EvaluationReport } from '../../src/protocol/evaluation.ts';
import { CalibrationChart } from './charts/CalibrationChart.tsx';
import { sentences } from '../shared/lines.ts';
import { mostCurves } from './charts/namedCurves.tsx';
import { PrecisionRecallChart } from './charts/PrecisionRecallChart.tsx';
import { RocChart } from './charts/RocChart.tsx';

interface ClassCurvesSectionProps {
  readonly report: EvaluationReport;
  /** The largest first. */
  readonly classes: readonly ClassCurves[];
}

export function ClassCurvesSection({ report, classes }: ClassCurvesSectionProps) {
  const [chosen, setChosen] = useState('');
  const one = classes.find(({ name }) => name === chosen);
  const beside = classes.slice(0, mostCurves);
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">{t('Curves of each class against the rest')}</h2>
      <div className="toolbar">
        <label className="small">
          <span className="muted">{t('Class')}</span>
          <select
            value={chosen}
            onChange={(event) => {
              setChosen(event.target.value);
            }}
          >
            <option value="">
              {beside.length === classes.length ? t('all, beside one another') : t('the {count} largest', { count: beside.length })}
            </option>
            {classes.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span className="muted small">{leftOut(report, classes.length)}</span>
      </div>
      <div className="columns">
        <ClassCharts report={report} shown={one === undefined ? beside : [one]} />
        {one?.calibration === undefined ? null : <CalibrationChart isRegression={false} curve={one.calibration} />}
      </div>
    </section>
  );
}

function ClassCharts({ report, shown }: { readonly report: EvaluationReport; readonly shown: readonly ClassCurves[] }) {
  const roc = useMemo(() => shown.map(({ name, roc: curve }) => ({ name, curve })), [shown]);
  const precisionRecall = useMemo(() => shown.map(({ name, precisionRecall: curve }) => ({ name, curve })), [shown]);
  const [only] = shown;
  const figures = (key: 'rocAuc' | 'averagePrecision'): string =>
    shown.map(({ name }) => t('{figure} for {name}', { name, figure: figureOfClass(report, name, key) })).join(', ');
  return (
    <>
      <RocChart curves={roc} area={figures('rocAuc')} />
      <PrecisionRecallChart
        curves={precisionRecall}
        area={figures('averagePrecision')}
        chance={shown.length === 1 && only !== undefined ? report.classShares[report.classes.indexOf(only.name)] : undefined}
      />
    </>
  );
}

/** Which classes have no curve, and why. */
function leftOut({ classResults }: EvaluationReport, shown: number): string {
  const absent = classResults.filter(({ rows }) => rows === 0);
  const smaller = classResults.length - absent.length - shown;
  return sentences(
    smaller <= 0
      ? undefined
      : smaller === 1
        ? t('1 smaller class is left out.')
        : t('{count} smaller classes are left out.', { count: formatCount(smaller) }),
    absent.length === 0
      ? undefined
      : absent.length === 1
        ? t('{name} has no row, so no curve.', { name: absent[0]?.name ?? '' })
        : t('{count} classes have no row, so no curve.', { count: formatCount(absent.length) }),
  );
}

function figureOfClass({ classResults }: EvaluationReport, name: string, key: 'rocAuc' | 'averagePrecision'): string {
  return formatFigure(classResults.find((each) => each.name === name)?.[key] ?? NaN);
}
