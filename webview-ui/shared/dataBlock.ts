/** Data that the document carries within itself. */
import { unpackNumbers } from '../../src/protocol/pages/pageNumbers.ts';

/** A data block of the document (see `dataBlock`), or undefined where there is none. */
export function readDataBlock(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
  return text === undefined ? undefined : unpackNumbers(JSON.parse(text));
}
