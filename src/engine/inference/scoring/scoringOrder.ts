/** The order in which the rows of a chunk are scored: rows with equal texts follow one another, and so take equal ways through trees. Pure. */
import type { Scores } from './model.ts';
import type { PackedChunk } from './packedChunk.ts';

/**
 * The processor foresees a way that it has just gone: flights sorted by origin and destination are scored in
 * two thirds of the time, and sorting takes a hundredth of it. A row's scores do not depend on its place.
 * @returns the rows in their new order; undefined where no column holds texts
 */
export function scoringOrder({ rows, columns }: PackedChunk): Uint32Array | undefined {
  let order: Uint32Array | undefined;
  for (const column of Object.values(columns).toReversed()) {
    if (column.kind === 'text') order = sortByCode(column.codes, column.texts.length, order ?? countUp(rows));
  }
  return order;
}

/** The scores of rows that were taken in `order`, each back in the place of its row. */
export function restoreOrder({ rows, width, scores }: Scores, order: Uint32Array): Scores {
  const restored = scores instanceof Float64Array ? new Float64Array(rows * width) : new Float32Array(rows * width);
  for (let place = 0; place < rows; place++) {
    const at = (order[place] ?? 0) * width;
    for (let k = 0; k < width; k++) restored[at + k] = scores[place * width + k] ?? NaN;
  }
  return { rows, width, scores: restored };
}

function countUp(rows: number): Uint32Array {
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return order;
}

/** Sorts by counting, so that rows with equal codes keep their order. @param codes from −1 on */
function sortByCode(codes: Int32Array, count: number, order: Uint32Array): Uint32Array {
  const next = new Uint32Array(count + 2);
  for (const code of codes) next[code + 2] = (next[code + 2] ?? 0) + 1;
  for (let code = 1; code < next.length; code++) next[code] = (next[code] ?? 0) + (next[code - 1] ?? 0);
  const sorted = new Uint32Array(order.length);
  for (const row of order) {
    const code = (codes[row] ?? 0) + 1;
    const place = next[code] ?? 0;
    sorted[place] = row;
    next[code] = place + 1;
  }
  return sorted;
}
