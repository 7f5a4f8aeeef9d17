/** The output of a command, line by line, with nothing secret in it. */
import type { Mask } from '../../../safety/masking.ts';

export interface LineReader {
  readonly read: (chunk: Buffer) => void;
  /** Passes on what is left without a line break. */
  readonly end: () => void;
  /** The last line that said something. */
  readonly last: () => string | undefined;
}

const longestLine = 64 * 1024;
/** So much that is one secret after another is given up until the line ends. */
const mostHeld = 4 * longestLine;

/** Whole lines of a stream of bytes, masked; a progress bar's carriage returns end lines too. */
export function lineReader(mask: Mask, onLine: (line: string) => void): LineReader {
  const decoder = new TextDecoder();
  let rest = '';
  let last: string | undefined;
  let isGivenUp = false;
  const pass = (line: string): void => {
    if (line.trim() !== '') last = line.trim();
    onLine(line);
  };
  return {
    read: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      if (isGivenUp) {
        isGivenUp = lines.length === 0;
        if (isGivenUp) rest = '';
        else lines.shift();
      }
      for (const line of lines) pass(mask(line));
      if (rest.length <= longestLine) return;
      const end = mask.whole(rest);
      if (end > 0) pass(mask(rest.slice(0, end)));
      rest = rest.slice(end);
      if (rest.length <= mostHeld) return;
      pass('***');
      rest = '';
      isGivenUp = true;
    },
    end: () => {
      rest += decoder.decode();
      if (rest !== '') pass(mask(rest.replace(/\r$/, '')));
      rest = '';
    },
    last: () => last,
  };
}
