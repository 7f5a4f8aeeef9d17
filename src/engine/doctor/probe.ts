/** One question to the machine, with a deadline, and an answer whatever happens. */
import { CancelledError } from '../../base/abort.ts';
import { AppError, toErrorRecord } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Probe, ProbeState } from '../../protocol/doctor.ts';

/** What a probe found. */
export interface Finding {
  readonly state: Exclude<ProbeState, 'timed out'>;
  readonly detail: string;
  readonly remedy?: string;
}

export interface ProbeDefinition {
  readonly name: string;
  readonly deadlineMs: number;
  /** Rejects only for faults of its own; that something is absent is a finding. */
  readonly probe: (signal: AbortSignal) => Promise<Finding>;
}

/**
 * Asks, and gives up at the deadline. A probe that throws has failed, and its words say why.
 * @throws CancelledError when the caller's signal fires
 */
export async function runProbe({ name, deadlineMs, probe }: ProbeDefinition, signal: AbortSignal): Promise<Probe> {
  const startedAt = performance.now();
  const deadline = AbortSignal.timeout(deadlineMs);
  const finding = await Promise.race([
    probe(AbortSignal.any([signal, deadline])).catch((error: unknown) => failureOf(error)),
    fired(deadline).then(() => timedOut(deadlineMs)),
    fired(signal).then(() => {
      throw new CancelledError();
    }),
  ]);
  if (signal.aborted) throw new CancelledError();
  const settled = deadline.aborted ? timedOut(deadlineMs) : finding;
  return {
    name,
    state: settled.state,
    detail: settled.detail,
    remedy: settled.remedy,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

async function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

function timedOut(deadlineMs: number): Pick<Probe, 'state' | 'detail'> & Pick<Finding, 'remedy'> {
  return { state: 'timed out', detail: t('no answer within {seconds} s', { seconds: deadlineMs / 1000 }) };
}

function failureOf(error: unknown): Finding {
  const { message, remedy } = toErrorRecord(error);
  return { state: 'failed', detail: message, ...(remedy === undefined ? {} : { remedy }) };
}

/** True for the failure of a command that is not installed. */
export function isNotInstalled(error: unknown): boolean {
  return AppError.is(error, 'process.notFound');
}
