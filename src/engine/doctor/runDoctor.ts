/** What this machine has, and why something is missing: every probe at once, each with its deadline. */
import { breathe } from '../../base/abort.ts';
import type { Probe } from '../../protocol/doctor.ts';
import { loadProject } from '../project/loadProject.ts';
import { acceleratorProbes } from './acceleratorProbes.ts';
import { crashReportProbe } from './crashReport.ts';
import { runProbe } from './probe.ts';
import { runtimeProbes } from './runtimeProbes.ts';
import { storageProbes } from './storageProbes.ts';

export interface DoctorOptions {
  /** The project's folder; where there is none the present folder is tried. */
  readonly root: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs every probe.
 * @returns the probes in a fixed order
 * @throws CancelledError
 */
export async function runDoctor({ root, signal }: DoctorOptions): Promise<readonly Probe[]> {
  await breathe(signal);
  const python = root === undefined ? undefined : (await loadProject(root)).project?.python;
  const folder = root ?? process.cwd();
  const definitions = [...runtimeProbes(folder, python), ...acceleratorProbes(), ...storageProbes(folder), crashReportProbe()];
  return Promise.all(definitions.map(async (definition) => runProbe(definition, signal)));
}
