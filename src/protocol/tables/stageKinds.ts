/** The kinds of stages, and what every face makes of the result of each. */
import type { StageSummary } from '../pipeline.ts';

interface StageFace {
  /** The report that its result is read in. */
  readonly report?: 'evaluation' | 'validation';
  /** Whether other stages may use a model that it makes, by its name: `named` where its key `model` says which. */
  readonly makesModel?: 'always' | 'named';
  /** Whether the run that its result names is told at the end, beside models and reports. */
  readonly tellsRun?: true;
  /** Whether its outputs are what the user wanted, and told at the end. */
  readonly tellsOutputs?: true;
}

/** By what a stage `uses`; `run` is a command of the user's. */
export const stageKinds = {
  validate: { report: 'validation' },
  train: { makesModel: 'always', tellsRun: true },
  evaluate: { report: 'evaluation', tellsRun: true },
  register: {}, // a model of equal bytes is of an earlier run: its version says so
  predict: { tellsOutputs: true },
  run: { makesModel: 'named', tellsRun: true, tellsOutputs: true },
} as const satisfies Readonly<Record<string, StageFace>>;
export type StageKind = keyof typeof stageKinds;

/** What a face makes of a stage; nothing special of a kind that is not known, such as that of a broken file. */
export function faceOf({ kind }: Pick<StageSummary, 'kind'>): StageFace {
  return Object.hasOwn(stageKinds, kind) ? stageKinds[kind as StageKind] : {};
}

/** The report that a stage has by now, if it has one. */
export function reportOf(stage: Pick<StageSummary, 'kind' | 'runId' | 'check'>): StageFace['report'] {
  const { report } = faceOf(stage);
  const isThere = report === 'evaluation' ? stage.runId !== undefined : stage.check !== undefined;
  return isThere ? report : undefined;
}

/** @param hasKey whether the stage has a key */
export function makesModel(kind: StageKind, hasKey: (key: string) => boolean): boolean {
  const { makesModel: when }: StageFace = stageKinds[kind];
  return when === 'always' || (when === 'named' && hasKey('model'));
}
