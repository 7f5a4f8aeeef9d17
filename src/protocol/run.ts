/** Tracked runs, as MLflow means them. */

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A run without its measurements: what a list needs first. */
export interface RunSummary {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly experimentId: string;
  readonly experimentName: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly deleted: boolean;
  /** The run this one is nested in. */
  readonly parentId: string | undefined;
  /** Absolute path or URI of the run's artifacts, as stored. */
  readonly artifactUri: string;
}

export interface Run extends RunSummary {
  readonly params: Readonly<Record<string, string>>;
  /** The latest value of each metric (by step, then time, then value); NaN and infinities as such. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly inputs: readonly RunInput[];
}

/** A data set that a run read. */
export interface RunInput {
  readonly name: string;
  /** The first 36 characters of the content's SHA-256: the length MLflow's column holds. */
  readonly digest: string;
  /** MLflow's source type: `local`, `code`, … */
  readonly sourceType: string;
  /** What the source type means by it: for `local` the JSON `{"uri": "data/x.parquet"}`. */
  readonly source: string;
  /** MLflow's JSON: `{"mlflow_colspec": [{"type": "long", "name": "x", "required": true}]}`. */
  readonly schema: string | undefined;
  /** JSON of counts: `{"num_rows": 2, "num_elements": 4}`. */
  readonly profile: string | undefined;
  /** What the run used it for: `training`, `validation`, `evaluation`. */
  readonly context: string | undefined;
}

export interface MetricPoint {
  readonly step: number;
  readonly value: number;
  /** Milliseconds since 1970 UTC. */
  readonly timestamp: number;
}
