/** Weights that an ONNX file keeps in files of their own (onnx.proto, `TensorProto.external_data`), wherever in it a tensor stands. */
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, win32 } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { requirePlainBelow } from '../../../base/plainPath.ts';
import { ProtobufError, protobufFields, protobufText } from './protobufReader.ts';

type Message = 'model' | 'training' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor';

/** The fields of a message that lead to tensors. */
const members: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const locationKey = 'location';

/**
 * The names of the files, as the model says them.
 * @param content the bytes of a whole ONNX file
 * @param path where it lies
 * @throws AppError `inference.notOnnx`
 */
export function externalFiles(content: Uint8Array, path: string): readonly string[] {
  if (!Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(locationKey)) return [];
  try {
    return namesIn(content);
  } catch (error) {
    throw error instanceof ProtobufError ? notOnnx(path) : error;
  }
}

function namesIn(content: Uint8Array): readonly string[] {
  const found = new Set<string>();
  const open: { readonly message: Message; readonly bytes: Uint8Array }[] = [{ message: 'model', bytes: content }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.message === 'tensor') for (const name of locationsIn(next.bytes)) found.add(name);
    for (const { number, bytes } of protobufFields(next.bytes)) {
      const message = members[next.message][number];
      if (message !== undefined) open.push({ message, bytes });
    }
  }
  return [...found];
}

/** Also of a tensor that does not say that it uses them: what stands several times is merged, and readers differ in how. */
function locationsIn(tensor: Uint8Array): string[] {
  return [...protobufFields(tensor)].flatMap(({ number, bytes }) => {
    const entry = number === 13 ? [...protobufFields(bytes)] : [];
    if (!entry.some((field) => field.number === 1 && protobufText(field.bytes) === locationKey)) return [];
    return entry.flatMap((field) => (field.number === 2 ? [protobufText(field.bytes)] : []));
  });
}

/**
 * Checks that every such file lies beside the model or below, and is reached through no link: ONNX Runtime would read it.
 * @param file the ONNX file
 * @throws AppError `inference.weightsOutside`, `inference.weightsMissing`, `files.notPlain`
 */
export async function requireWeightsBeside(file: string, names: readonly string[]): Promise<void> {
  const folder = dirname(file);
  for (const name of names) {
    if (!isBelow(name)) throw weightsOutside(file, name);
    const path = join(folder, name);
    requirePlainBelow(folder, path);
    if (!(await isFile(path))) throw weightsMissing(file, name);
  }
}

/** Names that Windows has none of are marks of ONNX Runtime's own: one of them stands for an address in its memory. */
function isBelow(name: string): boolean {
  if (name === '' || isAbsolute(name) || win32.isAbsolute(name) || /^[a-z]:/i.test(name)) return false;
  return !/[*?"<>|\0]/.test(name) && !name.split(/[\\/]/).includes('..');
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The refusal of bytes that are no ONNX model. */
export function notOnnx(path: string): AppError {
  return new AppError('inference.notOnnx', t('{path} is no ONNX model.', { path }), {
    args: { path },
    remedy: t('Export the model to ONNX: Millwright runs no other format, and never loads a pickle.'),
  });
}

function weightsOutside(path: string, name: string): AppError {
  const args = { path, name };
  return new AppError('inference.weightsOutside', t('{path} keeps weights in {name}, which does not lie beside it.', args), {
    args,
    remedy: t('Save the model with its weights inside, or beside the file.'),
  });
}

function weightsMissing(path: string, name: string): AppError {
  const args = { path, name };
  return new AppError('inference.weightsMissing', t('{path} keeps weights in {name}, which is not there.', args), {
    args,
    remedy: t('Bring the file back, or save the model with its weights inside.'),
  });
}
