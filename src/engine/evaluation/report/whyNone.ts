/** Why rows cannot have a metric, in words. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { MetricKey } from '../../../protocol/tables/metrics.ts';
import { classCounts, confusionCells, confusionOf } from '../metrics/confusionMetrics.ts';
import { classCountOf, type ClassPredictions } from '../metrics/classSource.ts';
import type { Predictions, RegressionPredictions } from '../metrics/predictions.ts';
import { weightsOf } from '../metrics/rowWeights.ts';
import type { Subject } from '../readings/subject.ts';

/** @param dataset its name, for the sentence */
export function whyNone(metric: MetricKey, predictions: Predictions, { classes }: Pick<Subject, 'classes'>, dataset: string): string {
  const reason = reasonOf(metric, predictions, classes);
  return t('{metric} cannot be measured on {dataset}: {reason}.', { metric, dataset, reason });
}

function reasonOf(metric: MetricKey, predictions: Predictions, classes: readonly string[]): string {
  if (predictions.task === 'regression') return whyNoError(metric, predictions);
  const counts = classCounts(confusionOf(confusionCells(predictions), classCountOf(predictions), weightsOf(predictions)));
  const absent = counts.flatMap(({ actual }, k) => (actual === 0 ? [classes[k] ?? String(k)] : []));
  if (absent.length > 0) return noRowOf(absent);
  const undecided = undecidedFor(metric, predictions, counts.at(-1)?.decided);
  return undecided ? t('no row is decided for the class {class}', { class: classes.at(-1) ?? '' }) : t('its rows do not define it');
}

function whyNoError(metric: MetricKey, { truth }: RegressionPredictions): string {
  const zeros = truth.reduce((count, value) => count + Number(value === 0), 0);
  if (metric === 'mean_absolute_percentage_error' && zeros > 0) {
    return zeros === 1
      ? t('its target is 0 in 1 row, and there is no percentage of 0')
      : t('its target is 0 in {zeros} rows, and there is no percentage of 0', { zeros: formatCount(zeros) });
  }
  return truth.length < 2 ? t('there is one row only') : t('its rows do not define it');
}

function noRowOf(absent: readonly string[]): string {
  const [only = ''] = absent;
  if (absent.length === 1) return t('no row is of class {class}', { class: only });
  const most = 5;
  const shown = absent.slice(0, most).join(', ');
  return absent.length > most
    ? t('no row is of the classes {classes} and {more} more', { classes: shown, more: absent.length - most })
    : t('no row is of the classes {classes}', { classes: shown });
}

function undecidedFor(metric: MetricKey, { task }: ClassPredictions, decided: number | undefined): boolean {
  return task === 'binary' && metric === 'precision_score' && decided === 0;
}
