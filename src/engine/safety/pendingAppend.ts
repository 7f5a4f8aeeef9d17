/**
 * An append to log and chain that has been decided and perhaps not finished: pure. What it says is believed only as far as both files
 * are what such an append leaves: their ends are beginnings of the texts it would write. So finishing one can only append.
 */
import * as z from 'zod';
import { auditLinkSchema } from './auditChain.ts';

const pendingSchema = z.object({ logBytes: z.int().min(0), chainBytes: z.int().min(0), text: z.string(), link: auditLinkSchema });
export type PendingAppend = z.infer<typeof pendingSchema>;

/** The bytes of both files, or of what is still to be appended to them. */
export interface AuditFiles {
  readonly log: Buffer;
  readonly chain: Buffer;
}

/** Undefined for a text that is no append of ours. */
export function parsePending(text: string | undefined): PendingAppend | undefined {
  if (text === undefined) return undefined;
  try {
    return pendingSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON: ours is written in one step
  }
}

/** What of the append is still missing in each file; undefined where the files are not as it would have left them. */
export function missingRest({ logBytes, chainBytes, text, link }: PendingAppend, files: AuditFiles): AuditFiles | undefined {
  const log = restOf(files.log, logBytes, Buffer.from(text));
  const chain = restOf(files.chain, chainBytes, Buffer.from(`${JSON.stringify(link)}\n`));
  return log === undefined || chain === undefined ? undefined : { log, chain };
}

/** Both files with the rest of the append put to them. */
export function complete(files: AuditFiles, pending: PendingAppend | undefined): AuditFiles {
  const rest = pending === undefined ? undefined : missingRest(pending, files);
  if (rest === undefined) return files;
  return { log: Buffer.concat([files.log, rest.log]), chain: Buffer.concat([files.chain, rest.chain]) };
}

function restOf(file: Buffer, before: number, appended: Buffer): Buffer | undefined {
  const written = file.subarray(before);
  const isOurs = file.length >= before && written.equals(appended.subarray(0, written.length));
  return isOurs ? appended.subarray(written.length) : undefined;
}
