/** The curves of a classification by two classes, or of a regression. */
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import { CalibrationChart } from './CalibrationChart.tsx';
import { PrecisionRecallChart } from './PrecisionRecallChart.tsx';
import { ResidualChart } from './ResidualChart.tsx';
import { RocChart } from './RocChart.tsx';
import { ThresholdChart } from './ThresholdChart.tsx';

export function CurvesSection({ report }: { readonly report: EvaluationReport }) {
  const { roc, precisionRecall, calibration, threshold, residuals } = report.curves;
  if ([roc, precisionRecall, calibration, threshold, residuals].every((curve) => curve === undefined)) return null;
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">{t('Curves')}</h2>
      <div className="columns">
        {roc === undefined ? null : <RocChart report={report} curve={roc} />}
        {precisionRecall === undefined ? null : <PrecisionRecallChart report={report} curve={precisionRecall} />}
        {calibration === undefined ? null : <CalibrationChart report={report} curve={calibration} />}
        {threshold === undefined ? null : <ThresholdChart report={report} curve={threshold} />}
        {residuals === undefined ? null : <ResidualChart histogram={residuals} target={report.target} />}
      </div>
    </section>
  );
}
