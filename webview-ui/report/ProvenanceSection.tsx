/** Where the numbers come from, so that they can be found and made again. */
import type { ReactNode } from 'react';
import { t } from '../../src/base/localize.ts';
import { CopyButton } from '../shared/CopyButton.tsx';
import type { ReadyReport, EvaluationActions } from './readyReport.ts';

export function ProvenanceSection({ view, actions }: { readonly view: ReadyReport; readonly actions: EvaluationActions }) {
  const { report, evaluatedAt } = view;
  const { reveal, copy } = actions;
  const entries: (readonly [string, ReactNode])[] = [
    [
      t('Data set'),
      <>
        {report.dataset} <CopyButton text={report.datasetDigest} what={t('the digest of the data set')} copy={copy} />
      </>,
    ],
    [
      t('Model'),
      <>
        <span className="mono">{report.model.path}</span>{' '}
        <CopyButton text={report.model.digest} what={t('the digest of the model')} copy={copy} />
      </>,
    ],
    ...(report.runId === undefined
      ? []
      : [[t('Run'), <CopyButton key="run" text={report.runId} what={t('the run id')} copy={copy} />] as const]),
    ...(evaluatedAt === undefined
      ? []
      : [[t('Evaluated'), new Date(evaluatedAt).toISOString().replace('T', ' ').slice(0, 19) + ' UTC'] as const]),
  ];
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">{t('Provenance')}</h2>
      <dl className="provenance">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {reveal === undefined ? null : (
        <p className="actions">
          <button type="button" onClick={() => void reveal('stage')}>
            {t('Show the stage')}
          </button>
          <button type="button" onClick={() => void reveal('model')}>
            {t('Show the model folder')}
          </button>
        </p>
      )}
    </section>
  );
}
