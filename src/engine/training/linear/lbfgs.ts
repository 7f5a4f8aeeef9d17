/** Minimises a smooth function by limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1). */
import { breathe } from '../../../base/abort.ts';

/** Pairs of steps and gradient changes that stand for the curvature. */
const memory = 10;
/** A step must win at least this share of what the slope promises. */
const sufficientDecrease = 1e-4;
const mostHalvings = 40;

export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  readonly maxIter: number;
  /** Ends when no part of the gradient is larger in size. */
  readonly tolerance: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: number, point: Float64Array) => void;
}

interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** @returns the best point found. @throws CancelledError between two steps */
export async function minimize(
  evaluate: (point: Float64Array) => Evaluation,
  start: Float64Array,
  options: LbfgsOptions,
): Promise<Float64Array> {
  let point = start;
  let current = evaluate(point);
  const pairs: CurvaturePair[] = [];
  for (let step = 1; step <= options.maxIter; step++) {
    await breathe(options.signal);
    if (current.gradient.every((part) => Math.abs(part) <= options.tolerance)) break;
    const direction = descent(current.gradient, pairs);
    const found = search(evaluate, point, current, direction);
    if (found === undefined) break;
    const taken = found.point.map((value, i) => value - (point[i] ?? 0));
    const change = found.evaluation.gradient.map((value, i) => value - (current.gradient[i] ?? 0));
    const curvature = dot(taken, change);
    if (curvature > 0) pairs.push({ step: taken, change, curvature });
    if (pairs.length > memory) pairs.shift();
    ({ point, evaluation: current } = found);
    options.onStep(step, point);
  }
  return point;
}

/** Halves the step until it wins enough. */
function search(
  evaluate: (point: Float64Array) => Evaluation,
  point: Float64Array,
  current: Evaluation,
  direction: Float64Array,
): { point: Float64Array; evaluation: Evaluation } | undefined {
  const slope = dot(current.gradient, direction);
  for (let halving = 0, length = 1; halving < mostHalvings; halving++, length /= 2) {
    const next = point.map((value, i) => value + length * (direction[i] ?? 0));
    const evaluation = evaluate(next);
    if (evaluation.value <= current.value + sufficientDecrease * length * slope) return { point: next, evaluation };
  }
  return undefined;
}

function descent(gradient: Float64Array, pairs: readonly CurvaturePair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const share = dot(step, direction) / curvature;
    shares.push(share);
    addScaled(direction, change, -share);
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : last.curvature / dot(last.change, last.change);
  for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] ?? 0) * scale;
  for (const { step, change, curvature } of pairs) {
    const correction = dot(change, direction) / curvature;
    addScaled(direction, step, (shares.pop() ?? 0) - correction);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(to: Float64Array, add: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + scale * (add[i] ?? 0);
}
