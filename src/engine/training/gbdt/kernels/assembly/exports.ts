/** Everything that WebAssembly computes; the files named say what each function takes. */
export { logarithm, negativeExponential } from '../exponential.ts';
export { binaryLoss, softmaxLoss, squaredLoss } from '../losses.ts';
export { addByLeaf, addByWalking, gather, gatherWide, partition, placeOf } from '../rows.ts';
export { sumColumns, sumWideColumns } from './histogram.ts';
