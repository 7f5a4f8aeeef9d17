/** The hash chain over the audit log: pure. Each link covers its line and, through the link before, every earlier line. */
import * as z from 'zod';
import { sha256 } from '../../base/hash.ts';

/** A line of the side file. */
export interface AuditLink {
  /** The line of the log it covers, from 1. */
  readonly line: number;
  /** Pairs the line before a change with the line after it. */
  readonly operation_id: string;
  /** SHA-256 of the hash before, the line's number, its operation and its text. */
  readonly hash: string;
}

export const auditLinkSchema = z.object({ line: z.int(), operation_id: z.string(), hash: z.string() });

export interface AuditFault {
  readonly fault: 'edited' | 'deleted' | 'inserted' | 'truncated';
  /** The line of the log, from 1, where the fault shows; for lines that are gone, the number they had. */
  readonly line: number;
}

/** What the first line is chained to. */
export const chainOrigin = '0'.repeat(64);

/** How far an unmatched line is looked for among its neighbours before it counts as edited. */
const searchLines = 1000;

/** Before it covered number and operation, a link covered the line's text alone; the mark tells the two apart. */
const coversAll = 'all:';

export function linkHash(previous: string, { line, operation_id }: Pick<AuditLink, 'line' | 'operation_id'>, text: string): string {
  return `${coversAll}${sha256([previous, line, operation_id, text].join('\n'))}`;
}

function fits(link: AuditLink, previous: string, text: string): boolean {
  return link.hash === (link.hash.startsWith(coversAll) ? linkHash(previous, link, text) : sha256(`${previous}\n${text}`));
}

/**
 * Where the lines of a log differ from what its chain recorded; empty for an untouched log.
 * @param lines texts without their line breaks
 */
export function findTampering(lines: readonly string[], links: readonly AuditLink[]): AuditFault[] {
  const matches = (link: number, line: number): boolean => {
    const text = lines[line];
    const found = links[link];
    return text !== undefined && found !== undefined && fits(found, links[link - 1]?.hash ?? chainOrigin, text);
  };
  const distance = (found: (offset: number) => boolean, room: number): number | undefined => {
    for (let offset = 1; offset <= Math.min(room, searchLines); offset++) if (found(offset)) return offset;
    return undefined;
  };
  const faults: AuditFault[] = [];
  let link = 0;
  let line = 0;
  while (link < links.length && line < lines.length) {
    if (matches(link, line)) {
      link++;
      line++;
      continue;
    }
    const deleted = distance((offset) => matches(link + offset, line), links.length - link - 1);
    const inserted = distance((offset) => matches(link, line + offset), lines.length - line - 1);
    if (deleted !== undefined && (inserted === undefined || deleted <= inserted)) {
      for (let k = 0; k < deleted; k++) faults.push({ fault: 'deleted', line: links[link + k]?.line ?? link + k + 1 });
      link += deleted;
    } else if (inserted !== undefined) {
      for (let k = 0; k < inserted; k++) faults.push({ fault: 'inserted', line: line + k + 1 });
      line += inserted;
    } else {
      faults.push({ fault: 'edited', line: line + 1 });
      link++;
      line++;
    }
  }
  for (; link < links.length; link++) faults.push({ fault: 'truncated', line: links[link]?.line ?? link + 1 });
  for (; line < lines.length; line++) faults.push({ fault: 'inserted', line: line + 1 });
  return faults;
}
