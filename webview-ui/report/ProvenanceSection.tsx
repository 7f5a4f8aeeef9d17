/** Where the numbers come from, so that they can be found and made again. */
import { t } from '../../src/base/localize.ts';
import { CopyButton } from '../shared/CopyButton.tsx';
import { formatMoment, Provenance, type Fact } from '../shared/ReportFrame.tsx';
import type { EvaluationActions, ReadyReport } from './readyReport.ts';

export function ProvenanceSection({ view, actions }: { readonly view: ReadyReport; readonly actions: EvaluationActions }) {
  const { report, evaluatedAt } = view;
  const { reveal, copy } = actions;
  const entries: Fact[] = [
    [
      t('Data set'),
      <>
        {report.dataset} <CopyButton text={report.datasetDigest} what={t('the digest of the data set')} copy={copy} />
      </>,
    ],
    report.model === undefined
      ? [t('Predictions'), <span className="mono">{report.predictionColumns.join(', ')}</span>]
      : [
          t('Model'),
          <>
            <span className="mono">{report.model.path}</span>{' '}
            <CopyButton text={report.model.digest} what={t('the digest of the model')} copy={copy} />
          </>,
        ],
    ...(report.runId === undefined
      ? []
      : [[t('Run'), <CopyButton key="run" text={report.runId} what={t('the run id')} copy={copy} />] as const]),
    ...(evaluatedAt === undefined ? [] : [[t('Evaluated'), formatMoment(evaluatedAt)] as const]),
  ];
  return (
    <Provenance entries={entries}>
      {reveal === undefined ? null : (
        <p className="actions">
          <button type="button" onClick={() => void reveal('stage')}>
            {t('Show the stage')}
          </button>
          {report.model === undefined ? null : (
            <button type="button" onClick={() => void reveal('model')}>
              {t('Show the model folder')}
            </button>
          )}
        </p>
      )}
    </Provenance>
  );
}
