/** What this machine has, and why something is missing: every probe at once, each with its deadline. */
import { breathe } from '../../base/abort.ts';
import type { Probe } from '../../protocol/doctor.ts';
import { acceleratorProbes } from './acceleratorProbes.ts';
import { crashReportProbe } from './crashReport.ts';
import { runProbe } from './probe.ts';
import { runtimeProbes } from './runtimeProbes.ts';
import { storageProbes } from './storageProbes.ts';

export interface DoctorOptions {
  /** The folder whose file system and locks are tried: the project's, or the present one. */
  readonly folder: string;
  /** The interpreter or virtual environment that the project names. */
  readonly python?: string | undefined;
  readonly signal: AbortSignal;
  /** Told of each probe as it ends, in the order of their ends. */
  readonly onProbe?: (probe: Probe) => void;
}

/**
 * Runs every probe.
 * @returns the probes in a fixed order
 * @throws CancelledError
 */
export async function runDoctor({ folder, python, signal, onProbe }: DoctorOptions): Promise<readonly Probe[]> {
  await breathe(signal);
  const definitions = [...runtimeProbes(folder, python), ...acceleratorProbes(), ...storageProbes(folder), crashReportProbe()];
  return Promise.all(
    definitions.map(async (definition) => {
      const probe = await runProbe(definition, signal);
      onProbe?.(probe);
      return probe;
    }),
  );
}
