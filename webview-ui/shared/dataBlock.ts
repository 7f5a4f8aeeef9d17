/** Data that the document carries within itself. */

/** A data block of the document (see `dataBlock`), or undefined where there is none. */
export function readDataBlock(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
