/** The audit log of a project: appended by any number of processes, chained by hashes, whole after any crash. */
import * as z from 'zod';
import { delay } from '../../base/abort.ts';
import { appendDurably } from '../../base/appender.ts';
import { readBytesIfPresent, readIfPresent } from '../../base/boundedRead.ts';
import { AppError } from '../../base/errors.ts';
import { parseJsonLines, removeTornWrites, writeAtomic, writeFailure } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { takeLock } from '../../base/lock.ts';
import { ensureStateFolder, statePath } from '../../base/stateFolder.ts';
import { removeTree } from '../../base/trees.ts';
import { environments, type AuditEntry, type AuditLine } from '../../protocol/audit.ts';
import { auditLinkSchema, chainOrigin, findTampering, linkHash, type AuditFault, type AuditLink } from './auditChain.ts';
import { lostHead, moveHead } from './auditHead.ts';
import { complete, missingRest, parsePending, type AuditFiles, type PendingAppend } from './pendingAppend.ts';

const patienceMs = 30_000;
/** How long a reader waits for a writer that is between the two files; a log that was tampered with never settles. */
const settlingMs = 300;
/** Decades of lines; more can be made, but not by us. */
const mostBytes = 256 * 2 ** 20;

/** {@link Environment}, as files say it. */
export const environmentSchema = z.enum(environments);

const entrySchema = z.object({
  timestamp: z.string(),
  user: z.string(),
  change_ticket: z.string().nullable(),
  environment: environmentSchema,
  operation: z.string(),
  model_name: z.string().nullable(),
  model_version: z.string().nullable(),
  command: z.string(),
  outcome: z.enum(['started', 'success', 'failure']),
  resources_affected: z.array(z.string()),
  rollback_available: z.boolean(),
  duration_seconds: z.number().nullable(),
  metrics: z.record(z.string(), z.number()).nullable(),
  error_detail: z.string().nullable(),
});

interface AuditPaths {
  readonly log: string;
  readonly chain: string;
  readonly pending: string;
  readonly lock: string;
}

function auditPaths(root: string): AuditPaths {
  return {
    log: statePath(root, 'audit.log'),
    chain: statePath(root, 'audit.chain.jsonl'),
    pending: statePath(root, 'audit.pending.json'),
    lock: statePath(root, 'audit.lock'),
  };
}

/**
 * Appends one line to the log and its link to the chain, both or neither, also when this process dies in between.
 * @returns the number of the line, from 1
 * @throws AppError `audit.busy`, `files.diskFull`, `files.notPlain`, `files.notWritable`, `files.writeFailed`
 */
export async function appendAuditEntry(root: string, operationId: string, entry: AuditEntry): Promise<number> {
  await ensureStateFolder(root);
  const paths = auditPaths(root);
  using lock = await takeLock(paths.lock, { patienceMs });
  if (lock === undefined) {
    throw new AppError('audit.busy', t('The audit log {path} stayed locked by another process.', { path: paths.log }), {
      kind: 'busy',
      args: { path: paths.log },
      remedy: t('Try again when the other Millwright process has finished.'),
    });
  }
  await removeTornWrites(paths.pending);
  await finishPending(paths);
  const { log, chain } = await readFiles(paths);
  const links = parseLinks(chain.toString('utf8'));
  const last = links.at(-1);
  const ends = log.length === 0 || log.at(-1) === 0x0a;
  const line = Math.max(last?.line ?? 0, linesOf(log.toString('utf8')).length) + 1;
  const text = JSON.stringify(inOrder(entry));
  const hash = linkHash(last?.hash ?? chainOrigin, { line, operation_id: operationId }, text);
  const link: AuditLink = { line, operation_id: operationId, hash };
  const pending: PendingAppend = { logBytes: log.length, chainBytes: chain.length, text: `${ends ? '' : '\n'}${text}\n`, link };
  await writeAtomic(paths.pending, JSON.stringify(pending));
  await finishPending(paths);
  await moveHead(root, link, links);
  return line;
}

/** Appends what a writer that died still had to: nothing is ever taken away from either file. */
async function finishPending(paths: AuditPaths): Promise<void> {
  const pending = parsePending(await readIfPresent(paths.pending));
  if (pending !== undefined) {
    const rest = missingRest(pending, await readFiles(paths));
    try {
      if (rest !== undefined && rest.log.length > 0) appendDurably(paths.log, rest.log);
      if (rest !== undefined && rest.chain.length > 0) appendDurably(paths.chain, rest.chain);
    } catch (error) {
      throw writeFailure(paths.log, error);
    }
  }
  await removeTree(paths.pending);
}

async function readFiles(paths: AuditPaths): Promise<AuditFiles> {
  const [log, chain] = await Promise.all([
    readBytesIfPresent(paths.log, { most: mostBytes }),
    readBytesIfPresent(paths.chain, { most: mostBytes }),
  ]);
  return { log: log ?? Buffer.alloc(0), chain: chain ?? Buffer.alloc(0) };
}

function inOrder(entry: AuditEntry): AuditEntry {
  return {
    timestamp: entry.timestamp,
    user: entry.user,
    change_ticket: entry.change_ticket,
    environment: entry.environment,
    operation: entry.operation,
    model_name: entry.model_name,
    model_version: entry.model_version,
    command: entry.command,
    outcome: entry.outcome,
    resources_affected: entry.resources_affected,
    rollback_available: entry.rollback_available,
    duration_seconds: entry.duration_seconds,
    metrics: entry.metrics,
    error_detail: entry.error_detail,
  };
}

function linesOf(log: string): string[] {
  const lines = log.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function parseLinks(chain: string): AuditLink[] {
  return parseJsonLines(chain).flatMap((value) => {
    const link = auditLinkSchema.safeParse(value);
    return link.success ? [link.data] : [];
  });
}

/** Every readable line of the log in order, each with the operation it belongs to (empty where the chain does not know it). */
export async function readAuditLog(root: string): Promise<AuditLine[]> {
  const { log, links } = await readBoth(root);
  const operations = new Map(links.map((link) => [link.line, link.operation_id]));
  return log.flatMap((text, index) => {
    const entry = parseEntry(text);
    return entry === undefined ? [] : [{ line: index + 1, operationId: operations.get(index + 1) ?? '', entry }];
  });
}

function parseEntry(text: string): AuditEntry | undefined {
  try {
    const entry = entrySchema.safeParse(JSON.parse(text));
    return entry.success ? entry.data : undefined;
  } catch {
    return undefined; // not JSON: verifyAuditLog reports the line
  }
}

/**
 * Where the log was changed by other means than {@link appendAuditEntry}, or is shorter than the head that this user keeps outside of
 * the project; empty when it is whole.
 */
export async function verifyAuditLog(root: string): Promise<AuditFault[]> {
  const { log, links } = await readBoth(root);
  const faults = findTampering(log, links);
  const lost = await lostHead(root, links);
  return lost === undefined ? faults : [...faults, { fault: 'truncated', line: lost.line }];
}

/** Log and chain as they are, with what a writer is just appending (or died while appending) put to them; nothing is written. */
async function readBoth(root: string): Promise<{ log: string[]; links: AuditLink[] }> {
  const paths = auditPaths(root);
  const deadline = Date.now() + settlingMs;
  for (;;) {
    const before = await readIfPresent(paths.pending);
    const files = await readFiles(paths);
    const after = await readIfPresent(paths.pending);
    const { log, chain } = complete(files, parsePending(after));
    const links = parseLinks(chain.toString('utf8'));
    const lines = linesOf(log.toString('utf8'));
    const isSettled = before === after && links.length === lines.length;
    if (isSettled || Date.now() >= deadline) return { log: lines, links };
    await delay(10);
  }
}
