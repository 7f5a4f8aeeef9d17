/** What is checked of each stage: what it reads, its model, and what its kind asks for. */
import { forKind, type ForEachKind } from '../definitions/stage.ts';
import type { Path } from '../text/yamlTree.ts';
import { checkEvaluation } from './checkEvaluation.ts';
import type { CheckInput } from './checkInput.ts';
import { checkReads } from './checkInputs.ts';
import { checkLimits } from './checkLimits.ts';
import { checkModel, checkTargetNamed, modelMakers } from './checkModels.ts';
import { checkTraining } from './checkTraining.ts';

const nothing = (): void => undefined;

const ownChecks: ForEachKind<[path: Path, input: CheckInput], void> = {
  validate: checkLimits,
  train: checkTraining,
  evaluate: (stage, path, input) => {
    checkTargetNamed(stage, path, input);
    checkEvaluation(stage, path, input);
  },
  register: nothing,
  predict: nothing,
  run: nothing,
};

export function checkStages(input: CheckInput): void {
  const makers = modelMakers(input);
  for (const [name, stage] of Object.entries(input.stages)) {
    input.diagnostics.spend();
    const path: Path = ['stages', name];
    checkReads(stage, path, input);
    checkModel(stage, path, input, makers);
    forKind(ownChecks, stage, path, input);
  }
}
