/**
 * The newest link of a project's audit chain, kept in the user's own folder: a log that was cut, emptied or removed together with its
 * chain still shows, since the head names a line that is no longer there.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from '../../base/boundedRead.ts';
import { writeAtomic } from '../../base/files.ts';
import { sha256 } from '../../base/hash.ts';
import { configFolder } from '../../base/userFolder.ts';
import type { AuditLink } from './auditChain.ts';

const point = z.object({ line: z.int(), hash: z.string() });
type Point = z.infer<typeof point>;
const headSchema = z.object({
  version: z.literal(1),
  project: z.string(),
  ...point.shape,
  /** The head that was found missing when the log grew again: the evidence stays. */
  lost: point.optional(),
});

/** @param root real path of the project folder */
export function headPath(root: string): string {
  return join(configFolder(), 'audit-heads', `${sha256(root)}.json`);
}

/** A point of the chain that this user saw and that is no longer in it; undefined where all is there, or nothing is known. */
export async function lostHead(root: string, links: readonly AuditLink[]): Promise<Point | undefined> {
  const head = await readHead(root);
  if (head === undefined) return undefined;
  if (head.lost !== undefined) return head.lost;
  return links.some((link) => link.line === head.line && link.hash === head.hash) ? undefined : { line: head.line, hash: head.hash };
}

/** Moves the head to a link that was just appended after `before`. A user's folder that cannot be written keeps the older head. */
export async function moveHead(root: string, { line, hash }: AuditLink, before: readonly AuditLink[]): Promise<void> {
  const lost = await lostHead(root, before);
  const head = { version: 1, project: root, line, hash, ...(lost === undefined ? {} : { lost }) };
  await writeAtomic(headPath(root), JSON.stringify(head)).catch(() => undefined);
}

async function readHead(root: string): Promise<z.infer<typeof headSchema> | undefined> {
  try {
    return headSchema.safeParse(JSON.parse((await readIfPresent(headPath(root))) ?? 'null')).data;
  } catch {
    return undefined; // damaged: as good as unknown
  }
}
