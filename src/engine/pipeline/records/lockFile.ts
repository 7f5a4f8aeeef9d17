/** `millwright.lock`: the inputs and outputs of every stage's last completed run, for version control. */
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import * as z from 'zod';
import { AppError } from '../../../base/errors.ts';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { writeAtomic } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { isOwnTable, lockFileName } from '../../../protocol/tables/storedNames.ts';

/** Per stage: what went in, by name, and what came out, by path; digests. */
export interface LockedStage {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export type LockFile = Readonly<Record<string, LockedStage>>;

const digests = z.record(z.string(), z.string());
const schema = z.object({
  version: z.literal(1),
  stages: z.record(z.string(), z.object({ inputs: digests.default({}), outputs: digests.default({}) })),
});

const heading = '# Written by Millwright: what each stage read and made when it last ran. Commit this file.\n';

export function lockPath(root: string): string {
  return join(root, lockFileName);
}

/**
 * The project's lock file; undefined where there is none.
 * @throws AppError `pipeline.lockConflict`, `pipeline.lockNewer`, `pipeline.lockUnreadable`
 */
export async function readLockFile(root: string): Promise<LockFile | undefined> {
  const text = await readIfPresent(lockPath(root));
  if (text === undefined) return undefined;
  const document = parseDocument(text);
  const parsed = schema.safeParse(document.errors.length === 0 ? document.toJS() : undefined);
  if (parsed.success) return parsed.data.stages;
  const path = lockPath(root);
  const marker = text.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})( |$)/.test(line));
  if (marker !== -1) {
    const args = { path, line: marker + 1 };
    throw new AppError('pipeline.lockConflict', t('{path} holds the marks of a merge that is not finished, from line {line} on.', args), {
      args,
      remedy: t('Take one side of it, or delete the file and run the pipeline again.'),
    });
  }
  const version: unknown = document.errors.length === 0 ? (document.toJS() as { version?: unknown } | null)?.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new AppError(
      'pipeline.lockNewer',
      t('{path} was written by a newer Millwright (version {version} of the file).', { path, version }),
      {
        kind: 'environment',
        args: { path, version },
        remedy: t('Update Millwright. The file is left as it is.'),
      },
    );
  }
  throw new AppError('pipeline.lockUnreadable', t('{path} is not a lock file that this version of Millwright can read.', { path }), {
    args: { path },
    remedy: t('Take the committed version back, or delete the file and run the pipeline again.'),
  });
}

/** Sorted, one line per input and output, `/` in paths: merges line by line. */
export function formatLockFile(lock: LockFile): string {
  const stages = sorted(lock, ({ inputs, outputs }) => ({
    inputs: sorted(inputs, (digest) => digest),
    outputs: sorted(outputs, (digest) => digest),
  }));
  return heading + stringify({ version: 1, stages }, { lineWidth: 0 });
}

function sorted<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, value]) => [portable(key), map(value)]),
  );
}

/**
 * Records the completed stages; others keep their lines, and stages that the project no longer has lose theirs.
 * An unchanged file is not touched, and one that cannot be read is not replaced.
 * @throws as {@link readLockFile}
 */
export async function updateLockFile(root: string, completed: LockFile, known: ReadonlySet<string>): Promise<void> {
  const before = await readLockFile(root);
  const merged = Object.fromEntries(Object.entries({ ...before, ...completed }).filter(([name]) => known.has(name)));
  const text = formatLockFile(merged);
  if (text !== (await readIfPresent(lockPath(root)))) await writeAtomic(lockPath(root), text);
}

/** Whether the file has lost lines of a stage, or their ends: half of a lock file can be read as one. */
export function lacksLines(locked: LockedStage | undefined, wanted: LockedStage | undefined): boolean {
  if (wanted === undefined) return false;
  const isCut = (found: string | undefined, digest: string): boolean =>
    found === undefined || (found !== digest && digest.startsWith(found));
  const isLost = (part: keyof LockedStage): boolean =>
    Object.entries(wanted[part]).some(([name, digest]) => isCut(locked?.[part][portable(name)], digest));
  return isLost('inputs') || isLost('outputs') || locked === undefined;
}

const portable = (name: string): string => name.replaceAll('\\', '/');

/** Settings stand in the file with a word before their path, tables of ours without the word whose they are. */
function plainInput(name: string): string {
  if (isOwnTable(name)) return t('the {input} of Millwright', { input: name });
  return name.replace(/^setting /, '');
}

/** @throws AppError `pipeline.lockStale` when the stage's inputs are not those of the lock file */
export function requireLocked(stage: string, inputs: Readonly<Record<string, string>>, lock: LockFile | undefined): void {
  const locked = lock?.[stage]?.inputs;
  const names = [...new Set([...Object.keys(locked ?? {}), ...Object.keys(inputs)])].sort();
  const differing = names.filter((name) => locked?.[name] !== inputs[name]);
  if (locked !== undefined && differing.length === 0) return;
  const detail =
    locked === undefined ? t('it has no line there') : t('changed since: {inputs}', { inputs: differing.map(plainInput).join(', ') });
  throw new AppError('pipeline.lockStale', t('millwright.lock is stale for the stage {stage}: {detail}.', { stage, detail }), {
    args: { stage, detail },
    remedy: t('Run the pipeline without --frozen and commit the new lock file.'),
  });
}
