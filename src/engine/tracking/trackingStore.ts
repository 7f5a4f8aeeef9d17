/** The interface of every place that holds runs; reading and writing are apart, so that only changes reach a writer. */
import type { MetricPoint, Run, RunInput, RunStatus, RunSummary } from '../../protocol/run.ts';

export interface RunQuery {
  readonly experiment?: string;
  readonly limit?: number;
  readonly includeDeleted?: boolean;
}

export interface TrackingReader extends Disposable {
  /** Newest first. */
  runs(query?: RunQuery): readonly Run[];
  run(id: string): Run | undefined;
  metricHistory(runId: string, metric: string): readonly MetricPoint[];
  /** A number that differs whenever another connection has committed a change. */
  revision(): number;
}

export interface NewRun {
  readonly experiment: string;
  readonly name: string;
  readonly startedAt: number;
  readonly user: string;
  readonly parentId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Metric extends MetricPoint {
  readonly key: string;
}

export interface TrackingWriter extends Disposable {
  /** Creates the experiment where it is missing. */
  createRun(run: NewRun): RunSummary & { readonly artifactUri: string };
  /** A parameter is written once; the same value again is accepted. @throws AppError `tracking.paramChanged` */
  logParams(runId: string, params: Readonly<Record<string, string>>): void;
  logMetrics(runId: string, metrics: readonly Metric[]): void;
  setTags(runId: string, tags: Readonly<Record<string, string>>): void;
  logInput(runId: string, input: RunInput): void;
  endRun(runId: string, status: Exclude<RunStatus, 'RUNNING' | 'SCHEDULED'>, endedAt: number): void;
  deleteRun(runId: string): void;
  restoreRun(runId: string): void;
}
