/** Whether the models that stages name are there, and whether the stages can do with them what they want to, as far as names show it. */
import { t } from '../../../base/localize.ts';
import { makesModel, roleOf, type StageSpec } from '../definitions/stage.ts';
import type { EvaluateStage } from '../definitions/stages/evaluateStage.ts';
import { listed } from '../schema/describeValue.ts';
import type { Path } from '../text/yamlTree.ts';
import { parseModelReference } from '../values/modelReference.ts';
import type { CheckInput } from './checkInput.ts';

/** Ends of the names of files in which other tools keep models, pickles among them. */
const otherFormats = /\.(pkl|pickle|joblib|pt|pth|h5|keras|cbm|ubj|safetensors)$/i;

/** Names of the stages that make a model; a stage with mistakes of its own counts as one that does. */
export function modelMakers({ names, stages }: CheckInput): ReadonlySet<string> {
  const mayMakeModel = (stage: StageSpec | undefined): boolean => stage === undefined || makesModel(stage);
  return new Set(names.stages.filter((name) => mayMakeModel(stages[name])));
}

/**
 * @param path of the stage
 * @param makers names of the stages that make a model
 */
export function checkModel(stage: StageSpec, path: Path, input: CheckInput, makers: ReadonlySet<string>): void {
  const { model, registers } = roleOf(stage);
  if (model === undefined) return;
  checkKnown(model, [...path, 'model'], input, { makers, stagesOnly: registers !== undefined });
  const file = modelFileOf(model, input);
  if (file === undefined || !otherFormats.test(file)) return; // what a script logs is seen when it has run
  const args = { file };
  input.diagnostics.add(
    'project.notOnnx',
    t('{file} is no ONNX file, and Millwright runs no other model.', args),
    input.spanOf([...path, 'model']),
    {
      args,
      remedy: t('Export the model to ONNX in the command (skl2onnx, onnxmltools, torch.onnx) and name that file.'),
    },
  );
}

/** @param path of the stage */
export function checkTargetNamed({ model, target }: EvaluateStage, path: Path, input: CheckInput): void {
  const file = model === undefined ? undefined : modelFileOf(model, input);
  if (file === undefined || target !== undefined || !/\.onnx$/i.test(file)) return;
  input.diagnostics.add(
    'project.targetNeeded',
    t('An ONNX file does not say which column it predicts.'),
    input.spanOf([...path, 'model']),
    {
      args: { file },
      remedy: t('Add "target: <column>" to the stage: the column of the data set that holds the truth.'),
    },
  );
}

function modelFileOf(model: string, { stages }: CheckInput): string | undefined {
  const maker = Object.hasOwn(stages, model) ? stages[model] : undefined;
  return maker === undefined ? undefined : roleOf(maker).modelFile?.path;
}

function checkKnown(
  text: string,
  path: Path,
  input: CheckInput,
  { makers, stagesOnly }: { readonly makers: ReadonlySet<string>; readonly stagesOnly: boolean },
): void {
  const reference = parseModelReference(text);
  if (reference?.kind === 'stage' ? makers.has(text) : reference !== undefined && !stagesOnly) return;
  const trained = [...makers];
  const nearest = input.diagnostics.nearest(text, trained);
  const problem = input.names.stages.includes(text)
    ? t('The stage "{name}" makes no model.', { name: text })
    : stagesOnly
      ? t('"{name}" is not a stage that makes a model.', { name: text })
      : t('"{name}" is neither a stage that makes a model nor a registered model.', { name: text });
  const stages =
    trained.length === 0 ? t('No stage of this file makes one.') : t('Stages that make a model: {stages}.', { stages: listed(trained) });
  const message = nearest === undefined ? problem : `${problem} ${t('Did you mean "{nearest}"?', { nearest })}`;
  input.diagnostics.add('project.unknownModel', message, input.spanOf(path), {
    args: { found: text, ...(nearest === undefined ? {} : { nearest }) },
    remedy: stagesOnly ? stages : `${stages} ${t('Registered models are written as name@alias or name/version.')}`,
  });
}
