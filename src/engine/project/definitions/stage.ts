/** The kinds of stages: one line for each, and what follows from a stage's kind. */
import type * as z from 'zod';
import { makesModel as kindMakesModel, type StageKind } from '../../../protocol/tables/stageKinds.ts';
import { evaluateRole, evaluateStage } from './stages/evaluateStage.ts';
import { predictRole, predictStage } from './stages/predictStage.ts';
import { registerRole, registerStage } from './stages/registerStage.ts';
import { runRole, runStage } from './stages/runStage.ts';
import type { StageRole } from './stages/stageRole.ts';
import { trainRole, trainStage } from './stages/trainStage.ts';
import { validateRole, validateStage } from './stages/validateStage.ts';

export const stagesDescription = 'The stages of the pipeline by name. Each says what it `uses`, or which command it runs.';

/** The keys of each kind. */
export const stageDefinitions = {
  validate: validateStage,
  train: trainStage,
  evaluate: evaluateStage,
  register: registerStage,
  predict: predictStage,
  run: runStage,
} as const satisfies Readonly<Record<StageKind, z.ZodType>>;
export type StageOf<K extends StageKind> = z.infer<(typeof stageDefinitions)[K]>;
export type StageSpec = StageOf<StageKind>;

/** Something of each kind of stage, done for a stage of that kind. */
export type ForEachKind<Rest extends readonly unknown[], Result> = {
  readonly [K in StageKind]: (stage: StageOf<K>, ...rest: Rest) => Result;
};

const roles: ForEachKind<[], StageRole> = {
  validate: validateRole,
  train: trainRole,
  evaluate: evaluateRole,
  register: registerRole,
  predict: predictRole,
  run: runRole,
};

export function kindOf(stage: StageSpec): StageKind {
  return 'run' in stage ? 'run' : stage.uses;
}

export function roleOf(stage: StageSpec): StageRole {
  return forKind(roles, stage);
}

/** Whether other stages may use a model that the stage makes. */
export function makesModel(stage: StageSpec): boolean {
  return kindMakesModel(kindOf(stage), (key) => (stage as Readonly<Record<string, unknown>>)[key] !== undefined);
}

/** Does what a table says for the stage's kind. */
export function forKind<Rest extends readonly unknown[], Result>(
  table: ForEachKind<Rest, Result>,
  stage: StageSpec,
  ...rest: Rest
): Result {
  const own = table[kindOf(stage)] as (stage: StageSpec, ...rest: Rest) => Result; // the kind is the stage's own
  return own(stage, ...rest);
}
