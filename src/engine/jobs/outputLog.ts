/** What a job prints, bounded: the first megabyte and the last fifteen are kept. */
import { existsSync } from 'node:fs';
import { moveNow, openAppender } from '../../base/appender.ts';
import { readTail } from '../../base/boundedRead.ts';
import { removeFileNow } from '../../base/trees.ts';

const headBytes = 1 << 20;
const tailBytes = 15 << 20;
const segmentBytes = 5 << 20;
/** One more than needed, since the newest is not full. */
const segments = tailBytes / segmentBytes + 1;

const segmentPath = (path: string, index: number): string => `${path}.${index}`;

export interface OutputLog extends Disposable {
  write(text: string): void;
}

/** Opens the log for its one writer. Beyond the first megabyte it goes on in `<path>.1` (newest) to `<path>.4`. */
export function openOutputLog(path: string): OutputLog {
  let file = openAppender(path);
  let room = headBytes;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      try {
        if (file.size > 0 && file.size + bytes.length > room) {
          file[Symbol.dispose]();
          file = openAppender(nextSegment(path));
          room = segmentBytes;
        }
        file.write(bytes);
      } catch {
        return; // a full disk: the work goes on or fails by its own writes, and the result says why
      }
    },
    [Symbol.dispose]() {
      file[Symbol.dispose]();
    },
  };
}

function nextSegment(path: string): string {
  removeFileNow(segmentPath(path, segments));
  for (let index = segments - 1; index >= 1; index--) {
    if (existsSync(segmentPath(path, index))) moveNow(segmentPath(path, index), segmentPath(path, index + 1));
  }
  return segmentPath(path, 1);
}

/** The kept output in order; where something was left out, a line says so. */
export async function readOutputLog(path: string): Promise<string> {
  const head = (await readTail(path, headBytes + segmentBytes))?.toString('utf8') ?? '';
  const tails: Buffer[] = [];
  let kept = 0;
  for (let index = 1; index <= segments && kept < tailBytes; index++) {
    const part = await readTail(segmentPath(path, index), tailBytes - kept);
    if (part === undefined) break;
    kept += part.length;
    tails.unshift(part);
  }
  if (tails.length === 0) return head;
  const complete = tails.length < segments && kept < tailBytes;
  return `${head}${complete ? '' : '\n[…]\n'}${Buffer.concat(tails).toString('utf8')}`;
}
