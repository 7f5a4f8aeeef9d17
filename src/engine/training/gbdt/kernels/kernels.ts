/** The inner loops of boosting over one block of memory: WebAssembly where there is a module, else TypeScript, which gives the same bytes. */
import * as exponential from './exponential.ts';
import * as histogram from './histogram.ts';
import * as losses from './losses.ts';
import { useMemory } from './memory.ts';
import * as rows from './rows.ts';
import { webAssembly, type WebAssemblyModule } from './webAssembly.ts';

const portable = { ...exponential, ...histogram, ...losses, ...rows };

/** Functions of numbers: places in memory are in bytes, from its start. */
export type Kernels = typeof portable;

/** Kernels with the memory that they work on. */
export interface KernelMemory {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

const pageBytes = 2 ** 16;

/** The most that WebAssembly can address. */
export const mostKernelBytes = 2 ** 32 - pageBytes;

/**
 * A thread has one memory of TypeScript's kernels at a time: the last that was opened.
 * @param bytes how much memory, at most {@link mostKernelBytes}; it is all zero, and takes real memory where it is written only
 */
export function openKernels(bytes: number, module: WebAssemblyModule | undefined): KernelMemory {
  const memory = module === undefined ? undefined : reserve(bytes);
  if (module === undefined || memory === undefined) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    useMemory(buffer);
    return { kernels: portable, buffer };
  }
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  return { kernels: exports as Kernels, buffer: memory.buffer };
}

/** @returns undefined where the system's limit on addresses leaves no room for what a WebAssembly memory sets aside */
function reserve(bytes: number): { readonly buffer: ArrayBuffer } | undefined {
  try {
    return new webAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What `negativeExponential` reads. */
export const exponentialTable = Float64Array.of(
  ...Array.from({ length: 2049 }, (_, step) => Math.exp(-step / 32)),
  ...Array.from({ length: 12 }, (_, part) => Math.exp(-64 * part)),
);
