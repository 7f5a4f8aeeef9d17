/** What tells a model from others: one SHA-256. */
import { dirname, join } from 'node:path';
import { readBytesIfPresent } from '../../../base/boundedRead.ts';
import { digestOf, hashFile, sha256 } from '../../../base/hash.ts';
import { externalFiles, requireWeightsBeside } from './externalWeights.ts';
import { mostModelBytes } from './modelFiles.ts';
import { identifyingFile, type ModelPlace } from './modelPlace.ts';

/** @throws AppError as {@link digestOfOnnx}; the file system's error */
export async function digestOfModel(place: ModelPlace): Promise<string> {
  const file = identifyingFile(place);
  const content = place.kind === 'onnx' ? await readBytesIfPresent(file, { most: mostModelBytes }) : undefined;
  return content === undefined ? hashFile(file) : digestOfOnnx(file, content);
}

/**
 * Of the graph; where it keeps weights in files of their own, of it and of them.
 * @throws AppError as {@link requireWeightsBeside}, and `inference.notOnnx`
 */
export async function digestOfOnnx(file: string, content: Uint8Array): Promise<string> {
  const names = externalFiles(content, file);
  if (names.length === 0) return sha256(content);
  await requireWeightsBeside(file, names);
  const files: Record<string, string> = {};
  for (const name of names) files[name] = await hashFile(join(dirname(file), name));
  return digestOf({ graph: sha256(content), files });
}
