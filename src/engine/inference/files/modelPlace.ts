/** What kind of model lies at a path: one of Millwright's, an ONNX file of another tool, or something that it cannot run. */
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { isInside, isMissing } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { descriptionFile, modelFile } from './modelFiles.ts';

/** What MLflow's `MLmodel` says. */
export interface MlmodelFacts {
  /** Such as `onnx`, `sklearn`, `python_function`. */
  readonly flavors: readonly string[];
  /** The ONNX file of the flavor `onnx`, relative to the folder. */
  readonly onnxFile: string | undefined;
  /** The columns of the signature, in its order; undefined where it has none with names. */
  readonly columns: readonly string[] | undefined;
}

export type ModelPlace =
  | { readonly kind: 'millwright'; readonly folder: string }
  /** An ONNX file that Millwright did not make; `mlmodel` where it lies in a folder of MLflow's. */
  | { readonly kind: 'onnx'; readonly file: string; readonly mlmodel: MlmodelFacts | undefined }
  | { readonly kind: 'otherFlavor'; readonly folder: string; readonly mlmodel: MlmodelFacts };

/**
 * @param path a model folder, or a file
 * @throws AppError `inference.noModel` where nothing is there that could be a model
 */
export async function locateModel(path: string): Promise<ModelPlace> {
  const found = await kindOf(path);
  if (found === 'file') return locateFile(path);
  if (found === 'folder') {
    if ((await kindOf(join(path, descriptionFile))) === 'file') return { kind: 'millwright', folder: path };
    const mlmodel = await readMlmodel(path);
    const file = join(path, mlmodel?.onnxFile ?? modelFile);
    if (isInside(path, file) && (await kindOf(file)) === 'file') return { kind: 'onnx', file, mlmodel };
    if (mlmodel !== undefined) return { kind: 'otherFlavor', folder: path, mlmodel };
  }
  const args = { path };
  const message =
    found === undefined
      ? t('There is no model at {path}.', args)
      : t('{path} holds no model: neither MLmodel nor {file}.', { path, file: modelFile });
  throw new AppError('inference.noModel', message, { args, remedy: t('Run the stage that makes it again, or restore the folder.') });
}

/** A file of a model folder stands for the folder, which says more. */
async function locateFile(file: string): Promise<ModelPlace> {
  const folder = dirname(file);
  const isOwn = basename(file) === modelFile && (await kindOf(join(folder, descriptionFile))) === 'file';
  if (isOwn) return { kind: 'millwright', folder };
  const mlmodel = await readMlmodel(folder);
  return { kind: 'onnx', file, mlmodel: mlmodel?.onnxFile === basename(file) ? mlmodel : undefined };
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readMlmodel(folder: string): Promise<MlmodelFacts | undefined> {
  const text = await readIfPresent(join(folder, 'MLmodel'));
  return text === undefined ? undefined : parseMlmodel(text);
}

/** @returns undefined where the text is no `MLmodel` */
function parseMlmodel(text: string): MlmodelFacts | undefined {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return undefined; // torn, or another file of this name
  }
  if (!isRecord(content) || !isRecord(content.flavors)) return undefined;
  const { flavors, signature } = content;
  const data = isRecord(flavors.onnx) ? flavors.onnx.data : undefined;
  const isPath = typeof data === 'string' && !isAbsolute(data);
  return {
    flavors: Object.keys(flavors),
    onnxFile: isRecord(flavors.onnx) ? (isPath ? data : modelFile) : undefined,
    columns: isRecord(signature) ? columnsIn(signature.inputs) : undefined,
  };
}

/** A signature of columns lists them with names; one of tensors has none, or names whole tensors. */
function columnsIn(inputs: unknown): readonly string[] | undefined {
  if (typeof inputs !== 'string') return undefined;
  let entries: unknown;
  try {
    entries = JSON.parse(inputs);
  } catch {
    return undefined; // of a later form
  }
  if (!Array.isArray(entries)) return undefined;
  const names = entries.map((entry: unknown) =>
    isRecord(entry) && entry.type !== 'tensor' && typeof entry.name === 'string' ? entry.name : undefined,
  );
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The file whose SHA-256 tells the model from others: its graph, or where there is none what MLflow says of it. */
export function identifyingFile(place: ModelPlace): string {
  switch (place.kind) {
    case 'millwright':
      return join(place.folder, modelFile);
    case 'onnx':
      return place.file;
    case 'otherFlavor':
      return join(place.folder, 'MLmodel');
  }
}

/** A model that only Python can run, and would run by loading a pickle. */
export function otherFlavor({ folder, mlmodel }: Extract<ModelPlace, { kind: 'otherFlavor' }>): AppError {
  const named = mlmodel.flavors.filter((flavor) => flavor !== 'python_function');
  const args = { folder, flavors: (named.length > 0 ? named : mlmodel.flavors).join(', ') };
  return new AppError(
    'inference.otherFlavor',
    t('The model in {folder} is of the flavor {flavors}; Millwright runs models in ONNX only.', args),
    {
      args,
      remedy: t(
        'It is listed, compared by its runs and given aliases, but never loaded: that would run a pickle. Export it to ONNX in the script (skl2onnx, onnxmltools, torch.onnx) and log it by mlflow.onnx.log_model.',
      ),
    },
  );
}
