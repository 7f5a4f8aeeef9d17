/** Who made a registered model, where it was not Millwright: read from the first bytes of its file, and nothing is loaded. */
import { readHead } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { madeBy } from '../../inference/foreign/foreignPlan.ts';
import { locateModel, type ModelPlace } from '../../inference/files/modelPlace.ts';
import { readProducer } from '../../inference/files/onnxFile.ts';
import { resolveArtifacts } from '../../tracking/artifacts/artifacts.ts';

/** The producer stands before the graph. */
const headBytes = 4096;

/**
 * @param source of the version, as stored
 * @returns `skl2onnx 1.20.0`, or the flavor of a model that is no ONNX; undefined for Millwright's own and for files that are not here
 */
export async function findMaker(root: string, source: string): Promise<string | undefined> {
  const path = resolveArtifacts(root, source);
  if (path === undefined) return undefined;
  try {
    return await makerOf(await locateModel(path));
  } catch (error) {
    if (AppError.is(error)) return undefined; // gone, or no file to be read: the commands that need it say so
    throw error;
  }
}

async function makerOf(place: ModelPlace): Promise<string | undefined> {
  if (place.kind === 'millwright') return undefined;
  if (place.kind === 'otherFlavor') {
    const flavors = place.mlmodel.flavors.filter((flavor) => flavor !== 'python_function');
    return t('{flavors}, not ONNX', { flavors: flavors.join(', ') });
  }
  const producer = readProducer((await readHead(place.file, headBytes)) ?? new Uint8Array(0));
  return producer === undefined ? undefined : madeBy(producer);
}
