import type { MetricPoint } from '../../src/protocol/run.ts';
import type { TrackingReader } from '../../src/engine/tracking/store/trackingStore.ts';

/** Every value of one metric of one run. */
export async function metricHistory(reader: TrackingReader, runId: string, metric: string): Promise<readonly MetricPoint[]> {
  return (await reader.histories({ runIds: [runId], metrics: [metric] })).get(runId)?.[metric] ?? [];
}
