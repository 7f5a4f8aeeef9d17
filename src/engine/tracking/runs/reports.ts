/** Evaluation reports among a run's artifacts. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationReport } from '../../../protocol/evaluation.ts';
import type { RunSummary } from '../../../protocol/run.ts';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { namesIn } from '../../../base/trees.ts';
import { resolveArtifacts } from '../artifacts/artifacts.ts';
import { readReportVersion } from './reportVersions.ts';

const folder = 'evaluation';
/** Far above any report of ours: what is larger is somebody else's file. */
const largestBytes = 32 * 2 ** 20;

/** The name under which the report of an evaluation stage is logged to its run. */
export function reportArtifact(stage: string): string {
  return `${folder}/${stage}.json`;
}

/**
 * The reports of a run, in the order of their making; files that are none are left out.
 * @param root real path of the project folder
 */
export async function readReports(root: string, run: Pick<RunSummary, 'artifactUri'>): Promise<readonly EvaluationReport[]> {
  const artifacts = resolveArtifacts(root, run.artifactUri);
  if (artifacts === undefined) return [];
  const paths = (await namesIn(join(artifacts, folder))).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  const found = await Promise.all(paths.map(async (name) => readReport(join(artifacts, folder, name))));
  return found
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.madeAt - b.madeAt)
    .map(({ report }) => report);
}

async function readReport(path: string): Promise<{ readonly report: EvaluationReport; readonly madeAt: number } | undefined> {
  const text = await readIfPresent(path, { most: largestBytes }).catch((error: unknown) => {
    if (AppError.is(error, 'files.tooLarge')) return undefined;
    throw error;
  });
  const report = text === undefined ? undefined : readReportVersion(parsed(text));
  return report === undefined ? undefined : { report, madeAt: (await stat(path)).mtimeMs };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, so no report
  }
}
