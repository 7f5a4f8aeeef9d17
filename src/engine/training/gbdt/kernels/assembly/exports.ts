/** Everything that WebAssembly computes; the files named say what each function takes. */
export { logarithm, negativeExponential, roundToWhole } from '../exponential.ts';
export { softmaxLoss, squaredLoss } from '../losses.ts';
export { addByLeaf, addByWalking, binLevels, binNumbers, enumerate, gather, gatherWide, partition, placeOf } from '../rows.ts';
export { sumColumns, sumWideColumns } from './histogram.ts';
export { binaryLoss } from './losses.ts';
