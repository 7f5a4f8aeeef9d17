/** A data set that a run read, in the words of MLflow. */
import * as z from 'zod';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import type { DataStatistics } from '../../../protocol/dataStatistics.ts';
import type { RunInput } from '../../../protocol/run.ts';
import { limits } from '../store/entryLimits.ts';

/** MLflow's names of our column types. */
const mlflowTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
  category: 'string',
  text: 'string',
  timestamp: 'datetime',
};

/** MLflow shows a schema only as a whole, and stores at most this many characters of it. */
const longestSchema = 1_048_575;

export interface TrackedDataset {
  readonly name: string;
  /** Hexadecimal SHA-256 of the content. */
  readonly digest: string;
  /** Path of the file or folder, relative to the project or absolute. */
  readonly path: string;
  readonly columns: readonly Pick<Column, 'name' | 'type'>[];
  readonly rows: number;
  /** What the run used it for: `training`, `validation`, `evaluation`, `prediction`. */
  readonly context: string;
  /** Missing values by column, and the target's shares or mean: they stand in the profile. */
  readonly missing?: DataStatistics['missing'];
  readonly target?: DataStatistics['target'];
}

/** The data set as a run's input: a local source, its columns as MLflow's column specification, its size as profile. */
export function toRunInput(dataset: TrackedDataset): RunInput {
  const { name, columns, rows, context } = dataset;
  const specification = columns.map((column) => ({ type: mlflowTypes[column.type], name: column.name, required: true }));
  const schema = JSON.stringify({ mlflow_colspec: specification });
  return {
    name,
    digest: dataset.digest.slice(0, limits.datasetDigest),
    sourceType: 'local',
    source: JSON.stringify({ uri: dataset.path }),
    schema: schema.length <= longestSchema ? schema : undefined,
    profile: JSON.stringify({ num_rows: rows, num_elements: rows * columns.length, missing: dataset.missing, target: dataset.target }),
    context,
  };
}

/** What a data set's profile says of the rows read; undefined for one that was not written by {@link toRunInput}. */
export function readProfile(profile: string | undefined): Pick<DataStatistics, 'rows' | 'missing' | 'target'> | undefined {
  const parsed = profileSchema.safeParse(parsedJson(profile));
  if (!parsed.success) return undefined;
  const { num_rows: rows, missing, target } = parsed.data;
  return { rows, missing, target };
}

const profileSchema = z.object({
  num_rows: z.number(),
  missing: z.record(z.string(), z.number()),
  target: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('classes'), name: z.string(), shares: z.array(z.object({ value: z.string(), share: z.number() })) }),
      z.object({ kind: z.literal('number'), name: z.string(), mean: z.number() }),
    ])
    .optional(),
});

function parsedJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined; // another tool's profile
  }
}
