/** What is asked of the process that runs a model of another tool. */
import { query } from '../../../protocol/contracts/contract.ts';
import type { TensorElement } from '../files/onnxFile.ts';

export interface ForeignTensor {
  readonly name: string;
  readonly element: TensorElement;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | readonly string[];
}

export interface ForeignOpening {
  /** Absolute path of the ONNX file, whose digest was checked. */
  readonly file: string;
  readonly threads: number;
}

export const foreignContract = {
  /** Loads the graph. */
  open: query<ForeignOpening, null>(),
  /** Runs it. @returns the numbers of one output, row by row */
  run: query<
    { readonly feeds: readonly ForeignTensor[]; readonly output: string },
    { readonly shape: readonly number[]; readonly values: Float32Array }
  >(),
} as const;
