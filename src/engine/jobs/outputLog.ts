/** What a job prints, bounded: the first megabyte and the last fifteen are kept. */
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { readIfPresent } from '../../base/files.ts';

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
  let file = openSync(path, 'a');
  let size = statSync(path).size;
  let room = headBytes;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      try {
        if (size > 0 && size + bytes.length > room) {
          closeSync(file);
          file = openSync(nextSegment(path), 'a');
          size = 0;
          room = segmentBytes;
        }
        writeSync(file, bytes);
        size += bytes.length;
      } catch {
        return; // a full disk: the work goes on or fails by its own writes, and the result says why
      }
    },
    [Symbol.dispose]() {
      closeSync(file);
    },
  };
}

function nextSegment(path: string): string {
  rmSync(segmentPath(path, segments), { force: true });
  for (let index = segments - 1; index >= 1; index--) {
    if (existsSync(segmentPath(path, index))) renameSync(segmentPath(path, index), segmentPath(path, index + 1));
  }
  return segmentPath(path, 1);
}

/** The kept output in order; where something was left out, a line says so. */
export async function readOutputLog(path: string): Promise<string> {
  const head = (await readIfPresent(path)) ?? '';
  const tails: Buffer[] = [];
  let kept = 0;
  for (let index = 1; index <= segments && kept < tailBytes; index++) {
    if (!existsSync(segmentPath(path, index))) break;
    const part = await readEnd(segmentPath(path, index), tailBytes - kept);
    kept += part.length;
    tails.unshift(part);
  }
  if (tails.length === 0) return head;
  const complete = tails.length < segments && kept < tailBytes;
  return `${head}${complete ? '' : '\n[…]\n'}${Buffer.concat(tails).toString('utf8')}`;
}

async function readEnd(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const buffer = Buffer.alloc(length);
    await file.read(buffer, 0, length, size - length);
    return buffer;
  } finally {
    await file.close();
  }
}
