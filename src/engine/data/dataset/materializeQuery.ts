/** Runs the `query:` of a data set once and keeps its rows as Parquet in the cache, named by everything they depend on. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { isMissing, makeFolder, moveOver } from '../../../base/files.ts';
import { digestOf } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { ensureStateFolder, statePath } from '../../../base/stateFolder.ts';
import { removeTree } from '../../../base/trees.ts';
import type { Budget } from '../../../protocol/stageContext.ts';
import { sqlFailure } from '../sql/sqlFailure.ts';
import { createDatasetView, type ViewRequest } from './datasetView.ts';
import { openDuckdb } from '../sql/duckdb.ts';
import { fingerprintFiles, fingerprintPlan } from './fingerprint.ts';
import { locateFiles, type LocatedFiles } from '../files/locateFiles.ts';
import { planDataset, type DatasetCatalog, type DatasetPlan } from './planDataset.ts';
import { guardQuery } from '../sql/sqlGuard.ts';
import { quoteText } from '../sql/sqlText.ts';

/** Raised when equal inputs would give other rows. */
const revision = 2;

export interface QueryProject extends DatasetCatalog {
  readonly root: string;
}

export interface QueryOptions {
  readonly asOf: Date;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
  /** Queries being materialised, outermost first: a query that reads itself has no rows. */
  readonly within?: readonly string[];
}

/**
 * @returns the absolute path of the Parquet file
 * @throws AppError `dataset.query`, `dataset.cycle` and whatever reading its inputs throws; CancelledError
 */
export async function materializeQuery(
  project: QueryProject,
  source: { readonly sql: string; readonly key: string },
  options: QueryOptions,
): Promise<string> {
  const within = [...(options.within ?? []), source.key];
  if (options.within?.includes(source.key) === true) throw cycle(within);
  const inputs = await prepareInputs(project, source, { ...options, within });
  const digests = Object.fromEntries(inputs.map((input) => [input.plan.name, input.digest]));
  const target = statePath(project.root, 'cache', 'queries', `${digestOf({ revision, sql: source.sql, inputs: digests })}.parquet`);
  if (await exists(target)) return target;
  await ensureStateFolder(project.root);
  await runQuery(source, inputs, { ...options, root: project.root, target });
  return target;
}

interface QueryInput {
  readonly plan: DatasetPlan;
  readonly files: LocatedFiles;
  readonly digest: string;
}

async function prepareInputs(
  project: QueryProject,
  source: { readonly sql: string; readonly key: string },
  options: QueryOptions,
): Promise<QueryInput[]> {
  const inputs: QueryInput[] = [];
  for (const name of queriedDatasets(source.sql, Object.keys(project.datasets))) {
    const plan = planDataset({ ...project, sampleRows: undefined }, name, options.asOf); // joins need whole tables
    const files: LocatedFiles =
      plan.source.kind === 'files'
        ? await locateFiles(project.root, plan.source)
        : { paths: [await materializeQuery(project, plan.source, options)], format: 'parquet', gzip: false };
    const { digest } = fingerprintPlan(plan, await fingerprintFiles(project.root, files.paths, options.signal));
    inputs.push({ plan, files, digest });
  }
  return inputs;
}

/**
 * The data sets a query may read: those whose names occur in it as words or quoted names. One too many costs a
 * needless run, never a wrong result; what the query really reads is checked by the parser.
 */
export function queriedDatasets(sql: string, names: readonly string[]): string[] {
  const words = new Set((sql.match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) => unquote(word).toLowerCase()));
  return names.filter((name) => words.has(name.toLowerCase())).sort();
}

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
}

async function runQuery(
  source: { readonly sql: string; readonly key: string },
  inputs: readonly QueryInput[],
  options: QueryOptions & { readonly root: string; readonly target: string },
): Promise<void> {
  const { target, root, signal } = options;
  await makeFolder(dirname(target));
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const duckdb = await openDuckdb(options.budget, { files: [...inputs.flatMap((input) => input.files.paths), temporary] });
  try {
    for (const { plan, files } of inputs) {
      const request: ViewRequest = { plan, files, root, signal, name: plan.name };
      await createDatasetView(duckdb, request);
    }
    const sql = await guardQuery(
      duckdb,
      source,
      inputs.map((input) => input.plan.name),
    );
    await duckdb.query(`COPY (\n${sql}\n) TO ${quoteText(temporary)} (FORMAT parquet, COMPRESSION zstd)`, signal);
    await moveOver(temporary, target);
  } catch (error) {
    throw sqlFailure(error, source);
  } finally {
    await duckdb.close();
    await removeTree(temporary);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function cycle(keys: readonly string[]): AppError {
  const chain = keys.join(' → ');
  return new AppError('dataset.cycle', t('The data set is defined by itself: {chain}.', { chain }), {
    args: { chain, key: keys[0] ?? '' },
    remedy: t('Let one of them name a file with "path:".'),
  });
}
