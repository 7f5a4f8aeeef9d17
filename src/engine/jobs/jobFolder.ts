/** The files a job speaks through, in `.millwright/jobs/<id>/`: where they lie and how they are read. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError, type ErrorRecord } from '../../base/errors.ts';
import { readIfPresent, readTail } from '../../base/boundedRead.ts';
import { parseJsonLines } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { statePath } from '../../base/stateFolder.ts';
import { namesIn } from '../../base/trees.ts';
import { userMark } from '../../base/userMark.ts';
import { jobOutcomes, jobPlaces, logLevels, stageStates, type JobEvent, type JobRecord, type JobResult } from '../../protocol/job.ts';
import { environmentSchema } from '../safety/auditLog.ts';

export interface JobPaths {
  readonly folder: string;
  /** Held for as long as the job lives. */
  readonly lock: string;
  readonly record: string;
  readonly events: string;
  /** Its presence asks the job to stop. */
  readonly cancel: string;
  readonly result: string;
  /** What the job and its stages print, bounded. */
  readonly output: string;
  /** What a detached job's process itself prints: empty but for a crash. */
  readonly console: string;
}

/**
 * Where a job's files lie.
 * @throws AppError `jobs.unknown` (kind usage) for a text that is no id: ids come from files and other processes, and become paths
 */
export function jobPaths(root: string, id: string): JobPaths {
  if (!jobIdPattern.test(id)) {
    throw new AppError('jobs.unknown', t('There is no job {id} in {root}.', { id, root }), {
      kind: 'usage',
      args: { id, root },
      remedy: t('See the jobs with "millwright jobs".'),
    });
  }
  const folder = statePath(root, 'jobs', id);
  return {
    folder,
    lock: join(folder, 'lock'),
    record: join(folder, 'job.json'),
    events: join(folder, 'events.jsonl'),
    cancel: join(folder, 'cancel'),
    result: join(folder, 'result.json'),
    output: join(folder, 'output.log'),
    console: join(folder, 'console.log'),
  };
}

/** A UUID version 7: its text sorts by the time it was made, to the millisecond. */
export function createJobId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const jobIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Ids of the job folders, oldest first. */
export async function jobIds(root: string): Promise<string[]> {
  return (await namesIn(statePath(root, 'jobs'))).filter((name) => jobIdPattern.test(name)).sort();
}

const errorSchema = z.object({
  code: z.string(),
  kind: z.enum(['gate', 'usage', 'input', 'environment', 'busy', 'internal']),
  message: z.string(),
  remedy: z.string().optional(),
  inTerminal: z.string().optional(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  at: z.object({ file: z.string(), line: z.number(), column: z.number(), endLine: z.number(), endColumn: z.number() }).optional(),
});

const recordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  command: z.array(z.string()),
  title: z.string(),
  project: z.string(),
  place: z.enum(jobPlaces).optional(),
  pid: z.int(),
  processStartTime: z.string().optional(),
  startedAt: z.number(),
  user: z.string(),
  environment: environmentSchema.optional(),
  mark: z.string().optional(),
});

const resultSchema = z.object({
  version: z.literal(1),
  state: z.enum(jobOutcomes),
  endedAt: z.number(),
  exitCode: z.int(),
  error: errorSchema.optional(),
});

const at = z.number();
const eventSchema = z.discriminatedUnion('type', [
  z.object({ at, type: z.literal('started') }),
  z.object({ at, type: z.literal('planned'), stages: z.array(z.string()) }),
  z.object({
    at,
    type: z.literal('stage'),
    stage: z.string(),
    state: z.enum(stageStates),
    reason: z.string().optional(),
    durationMs: z.number().optional(),
    runId: z.string().optional(),
    error: errorSchema.optional(),
  }),
  z.object({
    at,
    type: z.literal('progress'),
    stage: z.string(),
    message: z.string(),
    fraction: z.number().optional(),
    remainingMs: z.number().optional(),
  }),
  z.object({
    at,
    type: z.literal('log'),
    stage: z.string().optional(),
    level: z.enum(logLevels),
    message: z.string(),
  }),
  z.object({ at, type: z.literal('child'), pid: z.int(), processStartTime: z.string().optional(), mark: z.string().optional() }),
  z.object({ at, type: z.literal('run'), runId: z.string() }),
]);

/** The job's record; undefined for a folder that is no job (yet), or one that a newer version wrote or that names another job. */
export async function readJobRecord(root: string, id: string): Promise<JobRecord | undefined> {
  if (!jobIdPattern.test(id)) return undefined;
  const record = await readJson(jobPaths(root, id).record, recordSchema);
  return record?.id === id ? (record as JobRecord) : undefined;
}

export async function readJobResult(root: string, id: string): Promise<JobResult | undefined> {
  const path = jobPaths(root, id).result;
  const result = await readJson(path, resultSchema);
  if (result !== undefined) return result as JobResult;
  const newer = await readJson(path, newerSchema);
  return newer === undefined ? undefined : newerResult(newer);
}

/** A result that a newer version wrote says at least how the job ended; the file is left as it is. */
const newerSchema = z.object({
  version: z.int().min(2),
  ...resultSchema.pick({ state: true, endedAt: true, exitCode: true }).partial().shape,
});

function newerResult({ state = 'failed', endedAt = 0, exitCode = 70 }: z.infer<typeof newerSchema>): JobResult {
  const error: ErrorRecord = {
    code: 'jobs.newer',
    kind: 'environment',
    message: t('A newer Millwright wrote how this job ended; this version cannot read all of it.'),
    remedy: t('Update Millwright.'),
  };
  return { version: 1, state, endedAt, exitCode, ...(state === 'failed' ? { error } : {}) };
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined; // written by a newer version, or by hand
  }
}

/** The events of some text of `events.jsonl`; lines of unknown types are left out. */
export function parseJobEvents(text: string): JobEvent[] {
  return parseJsonLines(text).flatMap((value) => {
    const event = eventSchema.safeParse(value);
    return event.success ? [event.data as JobEvent] : [];
  });
}

/** The newest events, as far as they are read: a job of ours writes a fraction of this. */
const mostEventBytes = 16 << 20;

/** A job's events in order; of a file that is larger than any of ours, the newest. */
export async function readJobEvents(root: string, id: string): Promise<JobEvent[]> {
  return parseJobEvents((await readTail(jobPaths(root, id).events, mostEventBytes))?.toString('utf8') ?? '');
}

/** What the mark of a job covers: moved or copied to another folder it is another's. */
export function jobMarkText({ project, id, environment }: Pick<JobRecord, 'project' | 'id' | 'environment'>): string {
  return `job ${id} in ${environment ?? '-'} ${project}`;
}

/** What the mark of a child process covers. */
export function childMarkText(
  jobId: string,
  { pid, processStartTime }: { readonly pid: number; readonly processStartTime: string | undefined },
): string {
  return `child ${pid} since ${processStartTime ?? '-'} of ${jobId}`;
}

/** Whether this user made the job here, on this machine, and its files may be believed. */
export async function isOwnJob(root: string, record: JobRecord): Promise<boolean> {
  return record.project === root && (await userMark()).isOn(jobMarkText(record), record.mark);
}
