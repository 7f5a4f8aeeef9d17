/** The top-level keys of `millwright.yaml`. */
import * as z from 'zod';
import { defaultSeed } from '../../../base/random.ts';
import { datasetDefinition, type DatasetSpec } from './dataset.ts';
import { featuresDefinition, type FeaturesSpec } from './feature.ts';
import { rangesDefinition } from './ranges.ts';
import type { StageSpec } from './stage.ts';
import { defaultsOf, withDefault } from './withDefault.ts';
import { environments, type Environment } from '../../../protocol/audit.ts';
import { defaultStoreUri } from '../../../protocol/tables/storedNames.ts';

export const environmentDefinition = z
  .enum(environments)
  .describe('Which safeguards apply: homelab and development need no ticket, staging a ticket, production a ticket and an approval.');

const trackingDefinition = z
  .strictObject({
    experiment: z.string().min(1).optional().describe("The experiment that runs are logged to. Default: the project's name."),
    uri: withDefault(z.literal(defaultStoreUri), defaultStoreUri, 'The store, relative to the project folder.'),
  })
  .describe('Where runs are logged: mlflow.db in the project folder.');

/** Every top-level key but `stages`, whose form depends on each stage's kind, and the `x-…` keys, which may hold anchors. */
export const topLevelDefinitions = {
  version: z.literal(1).optional().describe("The version of this file's format."),
  name: z.string().min(1).describe("The project's name."),
  seed: withDefault(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    defaultSeed,
    'The seed of everything random.',
  ),
  environment: environmentDefinition.optional(),
  python: z
    .string()
    .optional()
    .describe(
      'The Python interpreter or virtual environment for `run` stages. Default: the one chosen in VS Code, .venv, VIRTUAL_ENV or CONDA_PREFIX, PATH.',
    ),
  params: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .optional()
    .describe('Values to refer to as ${params.name}, or the YAML or JSON file that holds them.'),
  ranges: rangesDefinition.optional(),
  tracking: trackingDefinition.optional(),
  datasets: z.record(z.string(), datasetDefinition).optional().describe('Data sets by name.'),
  features: z.record(z.string(), featuresDefinition).optional().describe('Feature definitions by name.'),
} as const;
export const topLevelDefaults = defaultsOf({ shape: topLevelDefinitions });

/** A parsed, resolved and validated project file. */
export interface Project {
  /** Real path of the folder that holds the file. */
  readonly root: string;
  /** Absolute path of `millwright.yaml`. */
  readonly file: string;
  readonly name: string;
  readonly seed: number;
  /** Undefined until the user is asked; see `resolveEnvironment`. */
  readonly environment: Environment | undefined;
  readonly python: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** The file that holds the params, as it is written; undefined where they stand in the project file. */
  readonly paramsFile?: string | undefined;
  readonly experiment: string;
  /** Where runs and models are stored, as MLflow would be told from the project folder. */
  readonly storeUri: string;
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  /** At most so many rows of each data set are read: a trial. */
  readonly sampleRows?: number | undefined;
  readonly features: Readonly<Record<string, FeaturesSpec>>;
  readonly stages: Readonly<Record<string, StageSpec>>;
}

/** A stage by its name. @throws RangeError where there is none */
export function stageOf(project: Project, name: string): StageSpec {
  const stage = project.stages[name];
  if (stage === undefined) throw new RangeError(`no stage ${name}`);
  return stage;
}
