/** What identifies the content of a data set: hashes of its files and its resolved definition, and nothing of this machine. */
import { resolve } from 'node:path';
import type { Json } from '../../../base/canonicalJson.ts';
import { digestOf } from '../../../base/hash.ts';
import { columnLimitsOf, type ColumnSpec } from '../../project/definitions/dataset.ts';
import type { DatasetFingerprint, FingerprintedFile } from './datasetReader.ts';
import { changedWhileRead, fileState, hashKnownFile } from './fileHashCache.ts';
import { formatInstant } from '../rows/instants.ts';
import { portablePath } from '../files/locateFiles.ts';
import { partitionsOf } from '../files/partitions.ts';
import type { DatasetPlan, PlannedHoldout, RowFilter } from './planDataset.ts';

/** Hashes files, each at most once as long as it does not change. */
export async function fingerprintFiles(root: string, paths: readonly string[], signal?: AbortSignal): Promise<FingerprintedFile[]> {
  const files: FingerprintedFile[] = [];
  for (const path of paths) files.push({ path: portablePath(root, path), ...(await hashKnownFile(root, path, signal)) });
  return files;
}

/**
 * The fingerprint of a plan over files whose hashes are known. Paths do not enter: a copy elsewhere is the same data; only
 * folders that are columns of the rows do.
 */
export function fingerprintPlan(plan: DatasetPlan, files: readonly FingerprintedFile[]): DatasetFingerprint {
  const read = plan.source.kind === 'files' ? plan.source.read : {};
  const folders =
    read.hive_partitions === true ? files.map(({ path }) => partitionsOf(path).map(({ name, value }) => [name, value])) : undefined;
  const definition: Json = {
    files: files.map((file) => file.sha256),
    ...(folders === undefined ? {} : { folders }),
    read: { ...read },
    time: plan.time ?? null,
    ...filterDefinition(plan),
    columns: Object.fromEntries(Object.entries(plan.columns).map(([name, spec]) => [name, withoutLimits(spec)])),
  };
  return { digest: digestOf(definition), files };
}

function filterDefinition({ windows, conditions, holdouts, exceptions }: RowFilter): Record<string, Json> {
  return {
    windows: windows.map((window) => ({
      column: window.column,
      since: window.since === undefined ? null : formatInstant(window.since),
      before: window.before === undefined ? null : formatInstant(window.before),
    })),
    where: conditions.map((condition) => condition.sql),
    ...(holdouts.length === 0 ? {} : { holdouts: holdouts.map(holdoutDefinition) }),
    ...(exceptions.length === 0 ? {} : { exceptions: exceptions.map(({ filter }) => filterDefinition(filter)) }),
  };
}

function holdoutDefinition({ size, seed, group, columns, ignore, among }: PlannedHoldout): Json {
  return { ...size, seed, group: group ?? null, columns: columns ?? null, ignore, among: filterDefinition(among) };
}

/** What a column says that bears on its rows: limits of checks only bear on the check. */
function withoutLimits(spec: ColumnSpec): Json {
  const limits = columnLimitsOf(spec);
  return Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'description' && !Object.hasOwn(limits, key)));
}

/**
 * Makes sure that what was read is what was hashed. A file that was only touched is read again and passes.
 * @throws AppError `dataset.changed`
 */
export async function assertUnchanged(root: string, fingerprint: DatasetFingerprint, signal?: AbortSignal): Promise<void> {
  for (const file of fingerprint.files) {
    const path = resolve(root, file.path);
    const state = await fileState(path).catch((cause: unknown) => {
      throw changedWhileRead(file.path, cause);
    });
    if (state.stamp === file.stamp) continue;
    const { sha256 } = await hashKnownFile(root, path, signal);
    if (sha256 !== file.sha256) throw changedWhileRead(file.path);
  }
}
