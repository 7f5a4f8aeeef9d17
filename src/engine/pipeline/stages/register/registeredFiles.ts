/** The files of a registered version: never those that somebody's command may write over, but a copy among the artifacts. */
import { dirname, join } from 'node:path';
import { isInside } from '../../../../base/files.ts';
import { sha256 } from '../../../../base/hash.ts';
import { readBytesIfPresent } from '../../../../base/boundedRead.ts';
import { requirePlainTree } from '../../../../base/plainPath.ts';
import { requireWeightsBeside } from '../../../inference/files/externalWeights.ts';
import { mostModelBytes } from '../../../inference/files/modelFiles.ts';
import { locateModel, otherFlavor, type ModelPlace } from '../../../inference/files/modelPlace.ts';
import { readOnnxFacts, type OnnxFacts } from '../../../inference/files/onnxFile.ts';
import { readModelFile } from '../../../inference/scoring/openModel.ts';
import { artifactFolders, artifactLocation, localPath } from '../../../tracking/artifacts/artifacts.ts';
import { writeForeignFolder } from '../../../training/packaging/foreignFolder.ts';
import type { ModelSource } from '../../models/modelSource.ts';
import { withWorkFolder } from '../trackedRun.ts';

/** The folder among the artifacts, beside those of experiments, that holds what was registered without a run. */
const registeredFolder = 'registered';

export interface Registration {
  /** The project folder. */
  readonly root: string;
  /** The name of the registered model. */
  readonly name: string;
  readonly operationId: string;
  /** Copies a file or folder to a place among the artifacts, in one step. */
  readonly copy: (source: string, place: ArtifactPlace) => Promise<unknown>;
}

interface ArtifactPlace {
  readonly root: string;
  readonly folder: string;
  readonly name: string;
}

/**
 * Where a new version's files lie. A model that was logged stays where it is; any other is copied, once for each digest.
 * @returns what the registry stores as the version's source
 * @throws AppError `inference.noModel`, `inference.notOnnx`, `inference.otherFlavor`, `inference.changedModel`, `inference.weightsOutside`,
 * `inference.weightsMissing`, `files.notPlain`, and those of copying
 */
export async function storeForVersion(model: ModelSource, registration: Registration): Promise<string> {
  const { root, name, copy } = registration;
  const place = await locateModel(model.folder);
  if (place.kind === 'otherFlavor') throw otherFlavor(place);
  await requireWhole(place);
  const folder = folderOf(place);
  if (artifactFolders.some((artifacts) => isInside(join(root, artifacts), folder))) return folder;
  const key = sha256(JSON.stringify([name, model.digest])).slice(0, 32);
  const location = artifactLocation(root, registeredFolder, key);
  const target = { root, folder: dirname(localPath(location) ?? location), name: key };
  if (place.kind === 'millwright' || place.mlmodel !== undefined) await copy(folder, target);
  else await packFile(place.file, target, registration);
  return location;
}

type OnnxPlace = Exclude<ModelPlace, { kind: 'otherFlavor' }>;

/** What is registered holds all of itself: no link, and no weights elsewhere. */
async function requireWhole(place: OnnxPlace): Promise<void> {
  if (place.kind === 'onnx' && place.mlmodel === undefined) return; // packing copies what the file names, and nothing else
  requirePlainTree(folderOf(place));
  if (place.kind === 'millwright') await readModelFile(place.folder);
  else await requireWeightsBeside(place.file, (await factsOf(place.file)).externalFiles);
}

async function factsOf(file: string): Promise<OnnxFacts> {
  return readOnnxFacts((await readBytesIfPresent(file, { most: mostModelBytes })) ?? new Uint8Array(0), file);
}

function folderOf(place: OnnxPlace): string {
  return place.kind === 'onnx' ? dirname(place.file) : place.folder;
}

async function packFile(file: string, target: ArtifactPlace, { operationId, copy }: Registration): Promise<void> {
  const facts = await factsOf(file);
  await withWorkFolder(target.root, operationId, async (work) => {
    const packed = join(work, 'model');
    await writeForeignFolder(packed, { file, facts });
    await copy(packed, target);
  });
}
