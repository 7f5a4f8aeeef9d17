/** What a training that was repeated over folds or seeds measured, as its run holds it: `<metric>` is the mean, `<metric>_std` the spread. */

export interface RepeatedMetric {
  readonly metric: string;
  readonly mean: number;
  /** Of the sample (n − 1). */
  readonly standardDeviation: number;
}

const suffix = '_std';

/** The repeated metrics of a run by name; none where it trained once. */
export function repeatedMetrics(metrics: Readonly<Record<string, number>>): RepeatedMetric[] {
  return Object.entries(metrics)
    .filter(([name]) => name.endsWith(suffix))
    .flatMap(([name, standardDeviation]) => {
      const metric = name.slice(0, -suffix.length);
      const mean = metrics[metric];
      return mean === undefined ? [] : [{ metric, mean, standardDeviation }];
    })
    .sort((a, b) => a.metric.localeCompare(b.metric, 'en'));
}
