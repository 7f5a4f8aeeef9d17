/** Where everything that a thread computes on lies in the memory of its kernels. */
import { blockRows } from './blocks.ts';
import { exponentialTable, mostKernelBytes } from './kernels/kernels.ts';
import { histogramBytes, layOut, type HistogramLayout } from './histogram.ts';
import { nodeCapacity, sidesPerNode, type SharedTraining } from './sharedTraining.ts';

/** Columns whose bins lie side by side, a byte each. */
export const groupColumns = 8;

/** Rows of one kind, training or held out: places in bytes. */
export interface RowPlaces {
  readonly count: number;
  /** Group after group, eight bytes a row. */
  readonly bins: number;
  /** Float64, row by row, one per output. */
  readonly scores: number;
  /** Float64. */
  readonly target: number;
  /** Float64, or 0. */
  readonly weights: number;
  /** Output after output, gradient and hessian side by side; 0 for held-out rows. */
  readonly gradients: number;
}

/** Places in bytes. */
export interface ShardPlaces {
  readonly training: RowPlaces;
  readonly heldOut: RowPlaces;
  /** The training rows, those of one node together: int32, with room for as many. */
  readonly order: number;
  readonly spare: number;
  /** Gradients of a node in the order of its rows; 0 where each is read once. */
  readonly ordered: number;
  readonly nodes: number;
  readonly leafValues: number;
  readonly sides: number;
  /** Uint32 per column, and one more: first bins. */
  readonly firstBins: number;
  /** Float64: the edges of all columns, as many places as bins. */
  readonly edges: number;
  /** Float64: a block of the matrix. */
  readonly block: number;
  readonly histogram: number;
  readonly scratch: number;
  readonly table: number;
  /** Five float64: see `setGradient`. */
  readonly rounding: number;
  /** Two float64. */
  readonly sums: number;
  /** Float64 per output. */
  readonly exponentials: number;
  /** All of it. */
  readonly bytes: number;
}

/** What decides how much memory a row takes. */
type Shape = Pick<SharedTraining, 'features' | 'params' | 'objective' | 'weights'>;

/** Bytes of one row's gradient and hessian. */
export function gradientBytes({ objective }: Pick<SharedTraining, 'objective'>): number {
  return objective.isWide ? 16 : 8;
}

/** @param counts rows of this thread */
export function placeShard(shared: Shape, layout: HistogramLayout, counts: { training: number; heldOut: number }): ShardPlaces {
  const arena = new Arena();
  const groups = Math.ceil(shared.features.length / groupColumns);
  const nodes = nodeCapacity(shared.params);
  const { outputs } = shared.objective;
  const rows = (count: number, learns: boolean): RowPlaces => ({
    count,
    bins: arena.take(groups * groupColumns * count),
    scores: arena.take(8 * outputs * count),
    target: arena.take(8 * count),
    weights: shared.weights === undefined ? 0 : arena.take(8 * count),
    gradients: learns ? arena.take(gradientBytes(shared) * outputs * count) : 0,
  });
  return {
    table: arena.take(exponentialTable.byteLength),
    rounding: arena.take(5 * 8),
    sums: arena.take(2 * 8),
    exponentials: arena.take(8 * outputs),
    scratch: arena.take(groupColumns * 256 * 16),
    nodes: arena.take(nodes * 3 * 4),
    leafValues: arena.take(nodes * 8),
    sides: arena.take(nodes * sidesPerNode),
    firstBins: arena.take((shared.features.length + 1) * 4),
    edges: arena.take(layout.totalBins * 8),
    block: arena.take(blockRows * shared.features.length * 8),
    histogram: arena.take(histogramBytes(layout.totalBins)),
    training: rows(counts.training, true),
    heldOut: rows(counts.heldOut, false),
    order: arena.take(4 * counts.training),
    spare: arena.take(4 * counts.training),
    ordered: groups > 1 ? arena.take(gradientBytes(shared) * counts.training) : 0,
    bytes: arena.used,
  };
}

/** As many threads as wanted, or more where the part of each would be more than WebAssembly can address. */
export function threadsThatFit(wanted: number, shape: Shape & Pick<SharedTraining, 'rows' | 'heldOutRows'>): number {
  const layout = layOut(shape.features);
  const share = (rows: number, threads: number): number => Math.ceil(rows / threads) + blockRows;
  const bytes = (threads: number): number =>
    placeShard(shape, layout, { training: share(shape.rows, threads), heldOut: share(shape.heldOutRows, threads) }).bytes;
  let threads = wanted;
  while (bytes(threads) > mostKernelBytes && threads * blockRows < shape.rows) threads++;
  return threads;
}

/** Hands out places one after the other, none of them at 0 or across two cache lines for nothing. */
class Arena {
  used = lineBytes;

  take(bytes: number): number {
    const at = this.used;
    this.used += Math.ceil(bytes / lineBytes) * lineBytes;
    return at;
  }
}

const lineBytes = 64;
