/** Tables of ours that a result hangs on, as digests: one row more or another default, and what was made before it is made anew. */
import { digestOf } from '../../../base/hash.ts';
import { tasks } from '../../../protocol/evaluation.ts';
import { checkNames, dataChecks, limitDefaults } from '../../../protocol/tables/dataChecks.ts';
import { usualMetrics } from '../../../protocol/tables/metrics.ts';

/** Of the metrics that are measured where a stage names none. */
export const usualMetricsDigest = digestOf(Object.fromEntries(tasks.map((task) => [task, [...usualMetrics(task)]])));

/** Of the checks of a data set, what each does, and the limits that hold where nothing is said. */
export const checksDigest = digestOf({
  severities: Object.fromEntries(checkNames.map((name) => [name, dataChecks[name].severity])),
  limits: limitDefaults,
});
