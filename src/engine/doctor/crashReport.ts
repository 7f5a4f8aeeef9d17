/** Reports of faults of our own, kept on this machine and sent nowhere. */
import { join } from 'node:path';
import { readIfPresent } from '../../base/boundedRead.ts';
import { formatAge, timestamp } from '../../base/clock.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { namesIn, removeTree } from '../../base/trees.ts';
import { configFolder } from '../../base/userFolder.ts';
import type { Finding, ProbeDefinition } from './probe.ts';

const kept = 20;

export interface CrashReport {
  readonly version: 1;
  readonly at: string;
  readonly command: readonly string[];
  readonly node: string;
  readonly platform: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Where the reports of this user lie. */
function crashFolder(): string {
  return join(configFolder(), 'crashes');
}

/**
 * Writes a report, and drops all but the newest twenty.
 * @param command the arguments of the command that failed
 * @returns its path
 */
export async function writeCrashReport(error: Error, command: readonly string[], folder: string = crashFolder()): Promise<string> {
  const report: CrashReport = {
    version: 1,
    at: timestamp(),
    command,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    message: error.message,
    stack: error.stack,
  };
  const path = join(folder, `${report.at.replaceAll(':', '-')}-${process.pid}.json`);
  await writeAtomic(path, `${JSON.stringify(report, undefined, 2)}\n`);
  for (const name of (await reportNames(folder)).slice(0, -kept)) await removeTree(join(folder, name));
  return path;
}

/** Oldest first. */
async function reportNames(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => name.endsWith('.json')).sort();
}

export function crashReportProbe(folder: string = crashFolder()): ProbeDefinition {
  return { name: 'Crash reports', deadlineMs: 5000, probe: async () => crashFinding(folder) };
}

async function crashFinding(folder: string): Promise<Finding> {
  const names = await reportNames(folder);
  const newest = names.at(-1);
  if (newest === undefined) return { state: 'ok', detail: t('none') };
  const path = join(folder, newest);
  const { at, message } = JSON.parse((await readIfPresent(path)) ?? '{}') as CrashReport;
  return {
    state: 'ok',
    detail: t('{count}, the newest of {age}: {message}', { count: names.length, age: formatAge(Date.parse(at)), message }),
    remedy: t('The newest is {path}; it was sent nowhere.', { path }),
  };
}
