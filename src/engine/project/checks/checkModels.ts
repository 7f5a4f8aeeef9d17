/** Whether a stage can do with a model of a command what it wants to, as far as the file's name shows it. */
import { t } from '../../../base/localize.ts';
import type { EvaluateStage, PredictStage, RegisterStage, RunStage } from '../definitions/stage.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';

interface CheckInput {
  readonly spanOf: (path: Path) => Span;
  readonly diagnostics: Diagnostics;
}

/** Ends of the names of files in which other tools keep models, pickles among them. */
const otherFormats = /\.(pkl|pickle|joblib|pt|pth|h5|keras|cbm|ubj|safetensors)$/i;

/** @param maker the command's stage that the stage names as its model */
export function checkCommandModel(
  stage: EvaluateStage | PredictStage | RegisterStage,
  maker: RunStage,
  path: Path,
  { spanOf, diagnostics }: CheckInput,
): void {
  const file = maker.model !== undefined && 'path' in maker.model ? maker.model.path : undefined;
  if (file === undefined) return; // what a script logs is seen when it has run
  const args = { file };
  if (otherFormats.test(file)) {
    diagnostics.add('project.notOnnx', t('{file} is no ONNX file, and Millwright runs no other model.', args), spanOf([...path, 'model']), {
      args,
      remedy: t('Export the model to ONNX in the command (skl2onnx, onnxmltools, torch.onnx) and name that file.'),
    });
  } else if (stage.uses === 'evaluate' && stage.target === undefined && /\.onnx$/i.test(file)) {
    diagnostics.add('project.targetNeeded', t('An ONNX file does not say which column it predicts.'), spanOf([...path, 'model']), {
      args,
      remedy: t('Add "target: <column>" to the stage: the column of the data set that holds the truth.'),
    });
  }
}
