/** Which classes were taken for which, and how well each was recognised. */
import { useState } from 'react';
import { formatCount, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ClassAverage, ClassResult, EvaluationReport } from '../../src/protocol/evaluation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { ConfusionTable, type Normalisation } from './ConfusionTable.tsx';
import { ConfusionList } from './ConfusionList.tsx';

/** More classes than this no table shows side by side. */
const shownClasses = 12;

export function ClassSection({ report }: { readonly report: EvaluationReport }) {
  const { confusion, classes, classResults, classAverages, threshold } = report;
  const [by, setBy] = useState<Normalisation>('truth');
  if (confusion === undefined) return null;
  return (
    <section aria-labelledby="classes" className="classes">
      <h2 id="classes">
        {threshold === undefined ? t('Classes') : t('Classes at threshold {threshold}', { threshold: formatFigure(threshold) })}
      </h2>
      <div className="columns">
        <div>
          <NormalisationChoice by={by} onChange={setBy} />
          {classes.length > shownClasses ? (
            <ConfusionList confusion={confusion} classes={classes} by={by} />
          ) : (
            <>
              <ConfusionTable confusion={confusion} report={report} by={by} />
              <p className="muted small confusion-legend">
                <span className="hit">
                  <span aria-hidden="true" />
                  {t('right')}
                </span>
                <span className="miss">
                  <span aria-hidden="true" />
                  {t('wrong')}
                </span>
                {t('the deeper, the larger the share')}
              </p>
            </>
          )}
        </div>
        <DataTable
          label={t('Figures of each class')}
          columns={classColumns(classResults)}
          items={classResults}
          summary={classAverages.map((average) => averageRow(average, report.rows))}
          wholeUpTo={24}
        />
      </div>
    </section>
  );
}

function NormalisationChoice({ by, onChange }: { readonly by: Normalisation; readonly onChange: (by: Normalisation) => void }) {
  const choices: readonly (readonly [Normalisation, string])[] = [
    ['truth', t('each truth')],
    ['decision', t('each decision')],
    ['all', t('all rows')],
  ];
  return (
    <label className="small toolbar">
      <span className="muted">{t('Shares of')}</span>
      <select
        value={by}
        onChange={(event) => {
          onChange(choices.find(([value]) => value === event.target.value)?.[0] ?? 'truth');
        }}
      >
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

const averageNames = { macro: t('Macro average'), micro: t('Micro average'), weighted: t('Weighted average') };

function averageRow({ average, ...figures }: ClassAverage, rows: number): ClassResult {
  return { ...figures, name: averageNames[average], rows };
}

/** The scores' columns only where there were scores. */
function classColumns(results: readonly ClassResult[]): Column<ClassResult>[] {
  const scored = results.some(({ rocAuc, averagePrecision }) => rocAuc !== undefined || averagePrecision !== undefined);
  const figure = (header: string, value: (result: ClassResult) => number | undefined): Column<ClassResult> => ({
    header,
    value: (result) => value(result) ?? NaN,
    show: (result) => formatFigure(value(result) ?? NaN),
  });
  return [
    { header: t('Class'), value: ({ name }) => name, show: ({ name }) => <span title={name}>{name}</span> },
    { header: t('Rows'), value: ({ rows }) => rows, show: ({ rows }) => formatCount(rows) },
    figure(t('Precision'), ({ precision }) => precision),
    figure(t('Recall'), ({ recall }) => recall),
    figure(t('F1'), ({ f1 }) => f1),
    ...(scored
      ? [figure(t('ROC AUC'), ({ rocAuc }) => rocAuc), figure(t('Average precision'), ({ averagePrecision }) => averagePrecision)]
      : []),
  ];
}
