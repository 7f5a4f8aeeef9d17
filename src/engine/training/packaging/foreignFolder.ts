/** Packs an ONNX file of another tool as a model folder that MLflow loads: the file as it is, with an `MLmodel` beside it. */
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomic } from '../../../base/files.ts';
import { copyFile } from '../../../base/trees.ts';
import { requireWeightsBeside } from '../../inference/files/externalWeights.ts';
import { modelFile } from '../../inference/files/modelFiles.ts';
import type { OnnxFacts, OnnxValue } from '../../inference/files/onnxFile.ts';
import { environmentFiles, onnxFlavor, pythonVersion } from './environmentFiles.ts';

/**
 * @param file the ONNX file; weights that it keeps in files of their own are copied from beside it
 * @throws AppError `inference.weightsOutside`, `inference.weightsMissing`, `files.notPlain`, `files.diskFull`, `files.notWritable`
 */
export async function writeForeignFolder(
  folder: string,
  { file, facts }: { readonly file: string; readonly facts: OnnxFacts },
): Promise<void> {
  await requireWeightsBeside(file, facts.externalFiles);
  const parts = { ...environmentFiles(), MLmodel: mlmodel(facts) };
  for (const [name, content] of Object.entries(parts)) await writeAtomic(join(folder, name), content);
  await copyFile(file, join(folder, modelFile));
  for (const name of facts.externalFiles) {
    await copyFile(join(dirname(file), name), join(folder, name));
  }
}

function mlmodel(facts: OnnxFacts): string {
  return stringify(
    {
      artifact_path: 'model',
      flavors: {
        onnx: onnxFlavor(modelFile),
        python_function: {
          data: modelFile,
          env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
          loader_module: 'mlflow.onnx',
          python_version: pythonVersion,
        },
      },
      ...signatureOf(facts),
    },
    { lineWidth: 0 },
  );
}

/** The tensors that the graph takes and gives; none where one of them is no tensor, for which MLflow has no word. */
function signatureOf({ inputs, outputs }: OnnxFacts): { readonly signature?: Readonly<Record<string, string | null>> } {
  const specs = [tensorSpecs(inputs), tensorSpecs(outputs)];
  if (specs.some((spec) => spec === undefined)) return {};
  return { signature: { inputs: JSON.stringify(specs[0]), outputs: JSON.stringify(specs[1]), params: null } };
}

/** A single tensor has no name: only then MLflow takes a frame for it, too. */
function tensorSpecs(values: readonly OnnxValue[]): readonly object[] | undefined {
  const specs = values.map(({ name, element, shape }) => {
    if (element === undefined || shape === undefined) return undefined;
    const spec = { dtype: element === 'string' ? 'str' : element, shape: shape.map((size) => size ?? -1) };
    return { type: 'tensor', 'tensor-spec': spec, ...(values.length === 1 ? {} : { name }) };
  });
  return specs.every((spec) => spec !== undefined) ? specs : undefined;
}
