/** The latest report of each validate stage, also of one that failed: `.millwright/validation/<stage>/`, as data and as a page. */
import { join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { makeFolder, writeAtomic } from '../../../base/files.ts';
import { statePath } from '../../../base/stateFolder.ts';
import type { CheckSummary, StageValidation } from '../../../protocol/pipeline.ts';
import type { ValidationReport, Verdict } from '../../../protocol/validation.ts';
import { renderPageIfBuilt } from './renderPage.ts';

const summarySchema = z.object({
  version: z.literal(1),
  checkedAt: z.number(),
  verdict: z.enum(['passed', 'warned', 'failed']),
  failed: z.int(),
  warned: z.int(),
  rows: z.number(),
});

const reportSchema = z.looseObject({ version: z.literal(1), dataset: z.string(), rows: z.number(), checks: z.array(z.unknown()) });

/** The folder of a stage's report. */
function folderOf(root: string, stage: string): string {
  return statePath(root, 'validation', encodeURIComponent(stage));
}

/** Absolute path of the stage's page; it is there where pages were built. */
export function validationPage(root: string, stage: string): string {
  return join(folderOf(root, stage), 'report.html');
}

/**
 * Replaces the report of the stage.
 * @returns absolute paths of what was written: the summary, the data, and the page where pages were built
 */
export async function storeValidation(root: string, project: string, { stage, checkedAt, report }: StageValidation): Promise<string[]> {
  const folder = folderOf(root, stage);
  await makeFolder(folder);
  const page = await renderPageIfBuilt({ page: 'validation', view: { report, stage, project, checkedAt } });
  const files: Readonly<Record<string, string>> = {
    'report.json': JSON.stringify(report),
    ...(page === undefined ? {} : { 'report.html': page }),
    'summary.json': JSON.stringify({ version: 1, checkedAt, ...summaryOf(report) }),
  };
  for (const [name, content] of Object.entries(files)) await writeAtomic(join(folder, name), content);
  return Object.keys(files).map((name) => join(folder, name));
}

/** The latest report of the stage; undefined where it was never checked, or by a version that kept none. */
export async function readValidation(root: string, stage: string): Promise<StageValidation | undefined> {
  const [summary, text] = await Promise.all([readSummary(root, stage), readIfPresent(join(folderOf(root, stage), 'report.json'))]);
  const report = reportSchema.safeParse(parsed(text));
  if (summary === undefined || !report.success) return undefined;
  return { stage, checkedAt: summary.checkedAt, report: report.data as unknown as ValidationReport };
}

/** What a view says of the latest check, without reading its whole report. */
export async function readSummary(root: string, stage: string): Promise<CheckSummary | undefined> {
  const summary = summarySchema.safeParse(parsed(await readIfPresent(join(folderOf(root, stage), 'summary.json'))));
  return summary.success ? summary.data : undefined;
}

function summaryOf({ checks, verdict, rows }: ValidationReport): Omit<CheckSummary, 'checkedAt'> {
  const count = (wanted: Verdict): number => checks.filter((check) => check.verdict === wanted).length;
  return { verdict, failed: count('failed'), warned: count('warned'), rows };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // damaged: the next run of the stage writes it anew
  }
}
