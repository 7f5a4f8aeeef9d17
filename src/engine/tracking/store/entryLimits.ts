/** What MLflow accepts as names, values and lengths: the same input must be good, or bad, for both of us. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Metric } from './trackingStore.ts';

/** Characters (code points), as MLflow counts. */
export const limits = {
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  registryTagValue: 5000,
  experimentName: 500,
  runName: 250,
  datasetName: 500,
  datasetDigest: 36,
  inputTagValue: 500,
} as const;

const allowed = /^[/\p{L}\p{N}_.\- :]*$/u;

/**
 * Whether MLflow takes the name of a parameter, metric or tag: letters, digits, `_ - . : /` and spaces, and no path that
 * would resolve to another one.
 */
export function isValidKey(key: string): boolean {
  const steps = key.split('/');
  const ownPath = !key.startsWith('..') && !steps.some((step) => step === '' || step === '.' || step === '..');
  return ownPath && allowed.test(key) && codePoints(key) <= limits.key;
}

/** @throws AppError `tracking.badName` */
export function requireKey(key: string, what: 'parameter' | 'metric' | 'tag'): void {
  if (isValidKey(key)) return;
  const args = { key: abbreviated(key) };
  const texts = {
    parameter: t('MLflow cannot store a parameter called "{key}".', args),
    metric: t('MLflow cannot store a metric called "{key}".', args),
    tag: t('MLflow cannot store a tag called "{key}".', args),
  };
  throw new AppError('tracking.badName', texts[what], {
    args,
    remedy: t('Use at most 250 letters, digits, spaces and _ - . : /, and no empty, "." or ".." part between slashes.'),
  });
}

/** @throws AppError `tracking.badName` */
export function requireExperimentName(name: string): void {
  if (name !== '' && codePoints(name) <= limits.experimentName) return;
  throw new AppError('tracking.badName', t('"{key}" is no name for an experiment.', { key: abbreviated(name) }), {
    args: { key: abbreviated(name) },
    remedy: t('Give tracking.experiment a name of 1 to 500 characters.'),
  });
}

/** @throws AppError `tracking.badMetric` */
export function requireMetric(metric: Metric): void {
  requireKey(metric.key, 'metric');
  if (Number.isSafeInteger(metric.step) && Number.isSafeInteger(metric.timestamp) && metric.timestamp >= 0) return;
  throw new AppError(
    'tracking.badMetric',
    t('The metric {key} has step {step} and time {timestamp}: both must be whole numbers, the time not negative.', {
      key: metric.key,
      step: metric.step,
      timestamp: metric.timestamp,
    }),
    { kind: 'internal', args: { key: metric.key } },
  );
}

/** The first `limit` characters, which is what MLflow itself keeps of a longer parameter or tag. */
export function fitted(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const points = Array.from(value);
  return points.length <= limit ? value : points.slice(0, limit).join('');
}

function codePoints(text: string): number {
  return text.length <= limits.key ? text.length : Array.from(text).length;
}

function abbreviated(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/** The largest double: MLflow stores infinities as it, since SQL has none. */
const largest = Number.MAX_VALUE;

/** A metric's value as MLflow stores it: 0 and a flag for NaN, the largest double for infinity. */
export function storedValue(value: number): { readonly value: number; readonly isNan: 0 | 1 } {
  if (Number.isNaN(value)) return { value: 0, isNan: 1 };
  return { value: Math.max(-largest, Math.min(largest, value)), isNan: 0 };
}

/** The value that {@link storedValue} stored. */
export function metricValue(stored: number, isNan: boolean): number {
  if (isNan) return Number.NaN;
  return Math.abs(stored) === largest ? Math.sign(stored) * Number.POSITIVE_INFINITY : stored;
}
