/** Rows in blocks, and which thread works on which. */

/** Rows of one block: losses are summed per block, blocks in order, so that the number of threads cannot show. */
export const blockRows = 256;

export function blocksOf(rows: number): number {
  return Math.ceil(rows / blockRows);
}

/** A thread's part of the rows: every so many blocks one, so that each has its share of every node, however the rows are sorted. */
export interface BlockShare {
  readonly rows: number;
  readonly thread: number;
  readonly threads: number;
}

/** One block of a share. */
export interface Block {
  /** Among all blocks. */
  readonly index: number;
  /** Its rows, among all. */
  readonly from: number;
  readonly to: number;
  /** Its first row, among those of the share. */
  readonly at: number;
}

export function blocksIn({ rows, thread, threads }: BlockShare): Block[] {
  const blocks: Block[] = [];
  for (let index = thread, at = 0; index < blocksOf(rows); index += threads, at += blockRows) {
    blocks.push({ index, at, from: index * blockRows, to: Math.min(rows, (index + 1) * blockRows) });
  }
  return blocks;
}

/** Rows of a share. */
export function rowsIn(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { from, to }) => sum + to - from, 0);
}
