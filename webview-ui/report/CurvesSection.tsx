/** The curves of a classification by two classes, or of a regression. */
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import { CalibrationChart } from './charts/CalibrationChart.tsx';
import { ClassCurvesSection } from './ClassCurvesSection.tsx';
import { CostChart } from './charts/CostChart.tsx';
import { figureOf } from '../shared/curveTable.tsx';
import { PrecisionRecallChart } from './charts/PrecisionRecallChart.tsx';
import { PredictedActualChart } from './charts/PredictedActualChart.tsx';
import { ResidualChart } from './charts/ResidualChart.tsx';
import { RocChart } from './charts/RocChart.tsx';
import { ThresholdChart } from './charts/ThresholdChart.tsx';

export function CurvesSection({ report }: { readonly report: EvaluationReport }) {
  const { perClass, ...whole } = report.curves;
  if (perClass !== undefined && perClass.length > 0) return <ClassCurvesSection report={report} classes={perClass} />;
  if (Object.keys(whole).length === 0) return null;
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">{t('Curves')}</h2>
      <div className="columns">
        <DecisionCharts report={report} />
        {whole.predictedActual === undefined ? null : <PredictedActualChart bins={whole.predictedActual} target={report.target} />}
        {whole.calibration === undefined ? null : (
          <CalibrationChart isRegression={report.task === 'regression'} curve={whole.calibration} />
        )}
        {whole.threshold === undefined ? null : <ThresholdChart report={report} curve={whole.threshold} />}
        {whole.cost === undefined ? null : <CostChart curve={whole.cost} threshold={report.threshold} />}
        {whole.residuals === undefined ? null : <ResidualChart histogram={whole.residuals} target={report.target} />}
      </div>
    </section>
  );
}

/** What the scores can tell apart, whatever the threshold. */
function DecisionCharts({ report }: { readonly report: EvaluationReport }) {
  const { roc, precisionRecall } = report.curves;
  const { recall, precision } = report.classResults[1] ?? {};
  return (
    <>
      {roc === undefined ? null : (
        <RocChart curves={[{ curve: roc }]} area={figureOf(report, 'roc_auc')} point={ratesAtThreshold(report)} />
      )}
      {precisionRecall === undefined ? null : (
        <PrecisionRecallChart
          curves={[{ curve: precisionRecall }]}
          area={figureOf(report, 'precision_recall_auc')}
          chance={report.classShares[1]}
          point={recall === undefined || recall === 0 || precision === undefined ? undefined : [recall, precision]}
        />
      )}
    </>
  );
}

/** False and true positive rate at the threshold in force. */
function ratesAtThreshold({ confusion }: EvaluationReport): [number, number] | undefined {
  const [[trueNegatives = 0, falsePositives = 0] = [], [falseNegatives = 0, truePositives = 0] = []] = confusion ?? [];
  const negatives = falsePositives + trueNegatives;
  const positives = truePositives + falseNegatives;
  return negatives === 0 || positives === 0 ? undefined : [falsePositives / negatives, truePositives / positives];
}
