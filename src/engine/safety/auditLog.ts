/** The audit log of a project: appended by any number of processes, chained by hashes, whole after any crash. */
import { existsSync } from 'node:fs';
import { open, rm, truncate } from 'node:fs/promises';
import * as z from 'zod';
import { AppError } from '../../base/errors.ts';
import { parseJsonLines, readIfPresent, writeAtomic, writeFailure } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { takeLock } from '../../base/lock.ts';
import { ensureStateFolder, statePath } from '../../base/stateFolder.ts';
import type { AuditEntry, AuditLine } from '../../protocol/audit.ts';
import { chainOrigin, findTampering, linkHash, type AuditFault, type AuditLink } from './auditChain.ts';

const patienceMs = 30_000;

const linkSchema = z.object({ line: z.int(), operation_id: z.string(), hash: z.string() });

const entrySchema = z.object({
  timestamp: z.string(),
  user: z.string(),
  change_ticket: z.string().nullable(),
  environment: z.enum(['homelab', 'development', 'staging', 'production']),
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

/** An append that has been decided and not yet finished: whoever takes the lock next finishes it. */
const pendingSchema = z.object({ logBytes: z.int(), chainBytes: z.int(), text: z.string(), link: linkSchema });

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
 * @throws AppError `audit.busy`, `files.diskFull`, `files.notWritable`, `files.writeFailed`
 */
export async function appendAuditEntry(root: string, operationId: string, entry: AuditEntry): Promise<number> {
  await ensureStateFolder(root);
  return underAuditLock(root, async (paths) => {
    const [log, chain] = await Promise.all([readIfPresent(paths.log), readIfPresent(paths.chain)]);
    const last = parseLinks(chain ?? '').at(-1);
    const lineBreak = log === undefined || log === '' || log.endsWith('\n') ? '' : '\n';
    const line = Math.max(last?.line ?? 0, linesOf(log ?? '').length) + 1;
    const text = JSON.stringify(inOrder(entry));
    const link: AuditLink = { line, operation_id: operationId, hash: linkHash(last?.hash ?? chainOrigin, text) };
    const pending = {
      logBytes: Buffer.byteLength(log ?? ''),
      chainBytes: Buffer.byteLength(chain ?? ''),
      text: `${lineBreak}${text}\n`,
      link,
    };
    await writeAtomic(paths.pending, JSON.stringify(pending));
    await finishPending(paths);
    return line;
  });
}

async function underAuditLock<T>(root: string, work: (paths: AuditPaths) => Promise<T>): Promise<T> {
  const paths = auditPaths(root);
  using lock = await takeLock(paths.lock, { patienceMs });
  if (lock === undefined) {
    throw new AppError('audit.busy', t('The audit log {path} stayed locked by another process.', { path: paths.log }), {
      kind: 'busy',
      args: { path: paths.log },
      remedy: t('Try again when the other Millwright process has finished.'),
    });
  }
  await finishPending(paths);
  return await work(paths);
}

async function finishPending(paths: AuditPaths): Promise<void> {
  const text = await readIfPresent(paths.pending);
  if (text === undefined) return;
  const pending = pendingSchema.parse(JSON.parse(text));
  await replaceTail(paths.log, pending.logBytes, pending.text);
  await replaceTail(paths.chain, pending.chainBytes, `${JSON.stringify(pending.link)}\n`);
  await rm(paths.pending, { force: true });
}

/** Makes the file its first `keepBytes` bytes and the text, whatever part of the text was already there. */
async function replaceTail(path: string, keepBytes: number, text: string): Promise<void> {
  try {
    const file = await open(path, 'a');
    try {
      const { size } = await file.stat();
      if (size > keepBytes) await truncate(path, keepBytes);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw writeFailure(path, error);
  }
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
    const link = linkSchema.safeParse(value);
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

/** Where the log was changed by other means than {@link appendAuditEntry}; empty when it is whole. */
export async function verifyAuditLog(root: string): Promise<AuditFault[]> {
  const { log, links } = await readBoth(root);
  return findTampering(log, links);
}

async function readBoth(root: string): Promise<{ log: string[]; links: AuditLink[] }> {
  const paths = auditPaths(root);
  if (![paths.log, paths.chain, paths.pending].some((path) => existsSync(path))) return { log: [], links: [] };
  const read = async (): Promise<{ log: string[]; links: AuditLink[] }> => {
    const [log, chain] = await Promise.all([readIfPresent(paths.log), readIfPresent(paths.chain)]);
    return { log: linesOf(log ?? ''), links: parseLinks(chain ?? '') };
  };
  try {
    return await underAuditLock(root, read);
  } catch (error) {
    if (AppError.is(error, 'files.notWritable')) return read(); // a read-only project has no writer to wait for
    throw error;
  }
}
