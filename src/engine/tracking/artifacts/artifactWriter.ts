/** Copies files and models to a run's artifacts, each in one step: what is there is whole. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, Scalar } from 'yaml';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { isInside, isMissing, moveOver, resolveInside, syncFile, temporaryBeside, writeAtomic, writeFailure } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { copyTree, removeTree, replaceTree } from '../../../base/trees.ts';

/** Where an artifact goes. */
export interface ArtifactPlace {
  /** The project folder, which the copy must not leave. */
  readonly root: string;
  /** The run's artifact folder. */
  readonly folder: string;
  /** Path below it, with `/`. */
  readonly name: string;
}

/** An entry of MLflow's list of the models that a run logged. */
export interface LoggedModel {
  readonly run_id: string;
  readonly artifact_path: string;
  readonly utc_time_created: string;
  readonly model_uuid?: string;
  readonly flavors: unknown;
}

/**
 * Copies a file or folder, following links.
 * @param prepare completes the copy before anybody sees it
 * @returns absolute path of the copy
 * @throws AppError `files.outsideProject`, `files.diskFull`, `files.notWritable`; what was there before stays then
 */
export async function copyArtifact(
  source: string,
  place: ArtifactPlace,
  prepare: (copy: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const target = await targetOf(place);
  const copy = temporaryBeside(target);
  try {
    await copyTree(source, copy);
    await prepare(copy);
    await syncTree(copy);
    await takePlace(copy, target);
  } catch (error) {
    await removeTree(copy).catch(() => undefined); // the first failure is the one to report
    throw writeFailure(target, error);
  }
  return target;
}

async function targetOf({ root, folder, name }: ArtifactPlace): Promise<string> {
  const path = join(folder, name);
  if (path === folder || !isInside(folder, path)) {
    throw new AppError('files.outsideProject', t('The artifact {name} would lie outside the artifacts of its run.', { name }), {
      args: { name },
      remedy: t('Give it a name, with no ".." in it.'),
    });
  }
  return resolveInside(root, path);
}

/** Renames a finished copy; a folder that is in the way steps aside first, since none can be renamed over. */
async function takePlace(copy: string, target: string): Promise<void> {
  const present = await stat(target).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (present?.isDirectory() === true) await replaceTree(copy, target, `${copy}.old`);
  else await moveOver(copy, target);
}

/** Makes the bytes durable before the name is: a power cut must not leave an empty model under a good name. */
async function syncTree(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of await readdir(path)) await syncTree(join(path, name));
    return;
  }
  await syncFile(path);
}

/**
 * Copies a model folder and writes into its `MLmodel` to which run it belongs.
 * @throws AppError `tracking.notAModel` and those of {@link copyArtifact}
 */
export async function copyModel(
  source: string,
  place: ArtifactPlace,
  runId: string,
): Promise<{ readonly path: string; readonly model: LoggedModel }> {
  const { text, model } = assignModel(await readModelFile(source), { runId, name: place.name, source });
  const path = await copyArtifact(source, place, async (copy) => {
    await writeAtomic(join(copy, 'MLmodel'), text);
  });
  return { path, model };
}

async function readModelFile(folder: string): Promise<string> {
  const text = await readIfPresent(join(folder, 'MLmodel')).catch((error: unknown) => {
    throw notAModel(folder, error);
  });
  if (text === undefined) throw notAModel(folder, undefined);
  return text;
}

/** `MLmodel` with the run's id and the artifact's name in it, and what MLflow's history says of such a model. */
function assignModel(
  text: string,
  place: { readonly runId: string; readonly name: string; readonly source: string },
): { readonly text: string; readonly model: LoggedModel } {
  const document = parseDocument(text);
  const content: unknown = document.toJS();
  if (document.errors.length > 0 || !isRecord(content) || !isRecord(content.flavors)) throw notAModel(place.source, document.errors[0]);
  const created = typeof content.utc_time_created === 'string' ? content.utc_time_created : pythonTime(new Date());
  const uuid = content.model_uuid;
  document.set('run_id', quoted(place.runId));
  document.set('artifact_path', quoted(place.name));
  document.set('utc_time_created', quoted(created));
  return {
    text: document.toString({ lineWidth: 0 }),
    model: {
      run_id: place.runId,
      artifact_path: place.name,
      utc_time_created: created,
      ...(typeof uuid === 'string' ? { model_uuid: uuid } : {}),
      flavors: content.flavors,
    },
  };
}

/** Python's YAML would take bare digits for a number, and a bare time for a date. */
function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}

/** `2026-11-21 03:56:14.564000`, in UTC. */
function pythonTime(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '000');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAModel(folder: string, cause: unknown): AppError {
  return new AppError(
    'tracking.notAModel',
    t('{folder} is no model: it has no readable MLmodel file that lists its flavors.', { folder }),
    {
      args: { folder },
      cause,
      remedy: t('Log a folder that a train stage or one of MLflow’s save_model functions has written.'),
    },
  );
}
