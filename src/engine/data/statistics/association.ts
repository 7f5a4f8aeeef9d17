/** How far one feature alone tells the target: the sign of a column that is only known afterwards. Pure. */
import { trainDefaults } from '../../project/definitions/stages/trainStage.ts';

/** Values of one feature: numbers (NaN where missing), or codes of levels (−1 where missing). */
export type FeatureValues =
  { readonly kind: 'numbers'; readonly values: Float64Array } | { readonly kind: 'levels'; readonly codes: Int32Array };

/** What is to be told: the class of each row as a small whole number, or the number of a regression. */
export type TargetValues =
  | { readonly kind: 'classes'; readonly classes: number; readonly values: Float64Array }
  | { readonly kind: 'numbers'; readonly values: Float64Array };

export interface Association {
  /** From 0 (tells nothing) to 1 (tells the target of every row). */
  readonly figure: number;
  /** Whether the feature is the target under other names: one value for each class, or its number but for scale and shift. */
  readonly isCopy: boolean;
  /** `missing`: that the feature is missing tells more than its values do. */
  readonly by: 'value' | 'missing';
  /** Rows the figure was measured on: those where the feature is known, or all of them. */
  readonly rows: number;
  /** How many of them are evidence: rows outside the most frequent class; for a regression all. */
  readonly evidence: number;
}

/** A feature that tells less than this in a small sample need not be asked again in a larger one. */
export const screeningFigure = 0.9;
/** Rows of the small and of the large sample. */
export const sampleSizes = [5_000, 50_000] as const;

/** With fewer rows outside the most frequent class, a feature may tell them all and still be honest. */
const fewestEvidence = 10;
/** By the rule of three, 300 rows told without a mistake mean less than 1 % mistakes with 95 % confidence. */
const certainEvidence = 300;

/**
 * Whether a feature gives the target away: `likely` where too few rows say so to be certain.
 * @param limit from this figure on it tells the target so well that it is probably known only with it
 */
export function givesAway(told: Association, limit: number = trainDefaults.leakage.max_association): 'no' | 'likely' | 'certainly' {
  if (told.figure < limit || told.evidence < fewestEvidence) return 'no';
  return told.isCopy || told.evidence >= certainEvidence ? 'certainly' : 'likely';
}

/** Among fewer rows anything may tell anything. */
const fewestRows = 20;

/**
 * Classes: each row's class is told by the other rows of the same value (by the next rows in order, where equal numbers are
 * rare), never by the row itself, so that an identifier tells nothing. The figure is the mean share of rows told right per
 * class, corrected for chance: Youden's J of two classes, which for one threshold is |2·AUC − 1|.
 * Regression, the largest of three: the share of rows on one line, of those off the most frequent target; the share of steps
 * from value to value in which the target only rises (or only falls); 1 − the deviation left by the means of equal values. A
 * correlation would not do: series that share a trend have R² of 0.9997 and more, and tell nothing of each other's steps.
 */
export function association(feature: FeatureValues, target: TargetValues): Association {
  const rows = target.values.length;
  const isKnown = (row: number): boolean =>
    feature.kind === 'numbers' ? !Number.isNaN(feature.values[row]) : (feature.codes[row] ?? -1) >= 0;
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const known = all.filter(isKnown);
  const byValue = { ...measure(feature, target, known), by: 'value' as const };
  if (known.length === rows || known.length === 0) return byValue;
  const byMissing = measure({ kind: 'levels', codes: Int32Array.from(all, (row) => Number(isKnown(row))) }, target, all);
  return byMissing.figure > byValue.figure ? { ...byMissing, by: 'missing' } : byValue;
}

type Told = Pick<Association, 'figure' | 'isCopy'>;
const nothing: Told = { figure: 0, isCopy: false };

function measure(feature: FeatureValues, target: TargetValues, rows: Uint32Array): Omit<Association, 'by'> {
  const evidence = rows.length - (target.kind === 'numbers' ? 0 : Math.max(...countClasses(rows, target)));
  if (rows.length < fewestRows || evidence === 0) return { ...nothing, rows: rows.length, evidence };
  const told = target.kind === 'classes' ? tellClasses(feature, target, rows) : tellNumbers(feature, target.values, rows);
  return { ...told, rows: rows.length, evidence };
}

/** Rows put together by equal values. */
interface ValueGroups {
  /** The rows, by ascending value. */
  readonly order: Uint32Array;
  /** Where each value begins in `order`, and at last the number of rows. */
  readonly starts: readonly number[];
}

/** @param values by row; none of the rows' is NaN */
function groupRows(values: Float64Array | Int32Array, rows: Uint32Array): ValueGroups {
  const order = rows.slice().sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const starts = [...order.keys()].filter((place) => place === 0 || values[order[place] ?? 0] !== values[order[place - 1] ?? 0]);
  return { order, starts: [...starts, order.length] };
}

type ClassTarget = Extract<TargetValues, { kind: 'classes' }>;

function countClasses(rows: Uint32Array, { classes, values }: ClassTarget): Float64Array {
  const counts = new Float64Array(classes);
  for (const row of rows) {
    const label = values[row] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

/** A rule in more pieces than this is a memory of neighbouring rows, as a series of time has, and no copy of the target. */
const mostPieces = 64;

function tellClasses(feature: FeatureValues, target: ClassTarget, rows: Uint32Array): Told {
  const groups = groupRows(feature.kind === 'levels' ? feature.codes : feature.values, rows);
  const counts = countClasses(rows, target);
  const present = counts.filter((count) => count > 0).length;
  const vote = new Vote(counts);
  const told = new Float64Array(target.classes);
  let pieces = 0;
  let winner = -1;
  let hasWindows = false;
  const labelAt = (place: number): number => target.values[groups.order[place] ?? 0] ?? 0;
  for (const { judged, voters } of electorates(groups, feature.kind)) {
    for (let place = voters[0]; place < voters[1]; place++) vote.add(labelAt(place));
    for (let place = judged[0]; place < judged[1]; place++) {
      const label = labelAt(place);
      told[label] = (told[label] ?? 0) + (voters[0] === voters[1] ? 1 / present : vote.withoutOne(label));
    }
    if (vote.winner() !== winner) pieces++;
    hasWindows ||= voters[0] < judged[0] || voters[1] > judged[1];
    winner = vote.winner();
    vote.clear();
  }
  if (feature.kind === 'numbers' && pieces > mostPieces) return nothing;
  const spare = hasWindows ? 1 : 0; // a border between rare numbers costs a row of each class whatever the rule
  const shareOf = (label: number, count: number): number =>
    count === 0 ? 0 : Math.min(1, ((told[label] ?? 0) + (count < fewestRows ? 0 : spare)) / count);
  const right = counts.reduce((sum, count, label) => sum + shareOf(label, count), 0) / present;
  const figure = Math.max(0, 1 - ((1 - right) * present) / (present - 1));
  return { figure, isCopy: figure === 1 && groups.starts.length - 1 === present };
}

/** A value of fewer rows tells too little about each of them. */
const fewestInGroup = 5;
/** Rows on each side that stand in for equal numbers where those are rare. */
const neighbours = 3;

/** Places in the order of the values: those to be judged, and those who vote on them (among them the judged ones). */
interface Electorate {
  readonly judged: readonly [number, number];
  readonly voters: readonly [number, number];
}

function* electorates({ order, starts }: ValueGroups, kind: FeatureValues['kind']): Generator<Electorate> {
  for (let group = 0; group + 1 < starts.length; group++) {
    const judged = [starts[group] ?? 0, starts[group + 1] ?? 0] as const;
    const [start, end] = judged;
    if (end - start >= fewestInGroup) yield { judged, voters: judged };
    else if (kind === 'levels') yield { judged, voters: [start, start] };
    else {
      for (let place = start; place < end; place++) {
        const voters = [Math.max(0, place - neighbours), Math.min(order.length, place + neighbours + 1)] as const;
        yield { judged: [place, place + 1], voters };
      }
    }
  }
}

/** Counts votes for classes; a vote of a rare class weighs as much more as the class is rarer. */
class Vote {
  readonly #weights: Float64Array;
  readonly #votes: Float64Array;
  readonly #voted: number[] = [];

  constructor(classCounts: Float64Array) {
    this.#weights = classCounts.map((count) => 1 / count);
    this.#votes = new Float64Array(classCounts.length);
  }

  add(label: number): void {
    if (this.#votes[label] === 0) this.#voted.push(label);
    this.#votes[label] = (this.#votes[label] ?? 0) + 1;
  }

  winner(): number {
    return this.#voted.reduce((best, label) => (this.#weighed(label) > this.#weighed(best) ? label : best), this.#voted[0] ?? -1);
  }

  /** Whether the class wins when one of its own voters stays silent: 1, 0, or ½ for a draw. */
  withoutOne(label: number): number {
    const own = this.#weighed(label) - (this.#weights[label] ?? 0);
    const best = this.#voted.reduce((most, other) => (other === label ? most : Math.max(most, this.#weighed(other))), 0);
    return own > best ? 1 : own === best ? 0.5 : 0;
  }

  clear(): void {
    for (const label of this.#voted) this.#votes[label] = 0;
    this.#voted.length = 0;
  }

  #weighed(label: number): number {
    return (this.#votes[label] ?? 0) * (this.#weights[label] ?? 0);
  }
}

function tellNumbers(feature: FeatureValues, target: Float64Array, rows: Uint32Array): Told {
  if (feature.kind === 'levels') return { figure: toldByMeans(groupRows(feature.codes, rows), target), isCopy: false };
  const groups = groupRows(feature.values, rows);
  const byLine = toldByLine(groups, feature.values, target);
  const figure = Math.max(byLine, toldByOrder(groups, target), toldByMeans(groups, target));
  return { figure, isCopy: byLine === 1 };
}

/** 1 − (deviation from the mean of the other rows of the same value) / (deviation from the overall mean). */
function toldByMeans({ order, starts }: ValueGroups, target: Float64Array): number {
  const y = standardized(target, order);
  let errors = 0;
  for (let group = 0; group + 1 < starts.length; group++) {
    const rows = order.subarray(starts[group], starts[group + 1]);
    const sum = rows.reduce((total, row) => total + (y[row] ?? 0), 0);
    const isTold = rows.length >= fewestInGroup;
    for (const row of rows) {
      const value = y[row] ?? 0;
      errors += (value - (isTold ? (sum - value) / (rows.length - 1) : 0)) ** 2;
    }
  }
  return Math.max(0, 1 - Math.sqrt(errors / order.length));
}

/** In fewer steps from value to value any order may come about. */
const fewestSteps = 20;

/** By which share of its size the value of a copy may be off: one kept as float32, and one that was computed. */
const rounding = { single: 1e-6, double: 1e-12 } as const;

/** In deviations of the target: what lies further from a line does not lie on it, however coarse the values are. */
const farthest = 1e-3;

/** The share of rows that lie on one line, of those that are not at the most frequent target anyway. */
function toldByLine({ order }: ValueGroups, feature: Float64Array, target: Float64Array): number {
  const finite = order.filter((row) => Number.isFinite(feature[row]));
  const [x, y] = [standardized(feature, finite), standardized(target, finite)];
  const half = finite.length >> 1;
  const slopes = Float64Array.from({ length: finite.length - half }, (_, place) => {
    const [low = 0, high = 0] = [finite[place], finite[place + half]];
    return ((y[high] ?? 0) - (y[low] ?? 0)) / ((x[high] ?? 0) - (x[low] ?? 0));
  }).filter((slope) => Number.isFinite(slope));
  if (slopes.length < fewestSteps) return 0;
  const slope = median(slopes);
  const level = median(Float64Array.from(finite, (row) => (y[row] ?? 0) - slope * (x[row] ?? 0)));
  const share = finite.every((row) => Math.fround(feature[row] ?? 0) === feature[row]) ? rounding.single : rounding.double;
  const tolerance = Math.min(farthest, share * (1 + Math.abs(slope) * offset(feature, finite)));
  const on = finite.filter((row) => Math.abs((y[row] ?? 0) - slope * (x[row] ?? 0) - level) <= tolerance).length;
  const { starts } = groupRows(target, order);
  const mode = starts.reduce((most, start, group) => Math.max(most, (starts[group + 1] ?? start) - start), 0);
  return Math.max(0, (on - mode) / (order.length - mode));
}

/** How far the values lie from 0, in their own deviations: what rounding is relative to. */
function offset(values: Float64Array, rows: Uint32Array): number {
  const y = standardized(values, rows);
  const [first = 0, last = 0] = [rows[0], rows.at(-1)];
  const unit = ((values[last] ?? 0) - (values[first] ?? 0)) / ((y[last] ?? 0) - (y[first] ?? 0));
  return Math.max(Math.abs(values[first] ?? 0), Math.abs(values[last] ?? 0)) / Math.abs(unit);
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1] ?? 0;
}

/** Of the steps from one value to the next, those in which the target only rises, against those in which it only falls. */
function toldByOrder({ order, starts }: ValueGroups, target: Float64Array): number {
  let [rises, falls] = [0, 0];
  let previous: { readonly low: number; readonly high: number } | undefined;
  for (let group = 0; group + 1 < starts.length; group++) {
    const values = order.subarray(starts[group], starts[group + 1]);
    const low = values.reduce((least, row) => Math.min(least, target[row] ?? 0), Infinity);
    const high = values.reduce((most, row) => Math.max(most, target[row] ?? 0), -Infinity);
    if (previous !== undefined) {
      if (low >= previous.high && high > previous.low) rises++;
      if (high <= previous.low && low < previous.high) falls++;
    }
    previous = { low, high };
  }
  const steps = starts.length - 2;
  return steps < fewestSteps ? 0 : Math.abs(rises - falls) / steps;
}

/** To mean 0 and variance 1 over the rows; what has no variance, or is not finite, to 0. Scaled first: squares of 1e300 are infinite. */
function standardized(values: Float64Array, rows: Uint32Array): Float64Array {
  const largest = rows.reduce((most, row) => Math.max(most, Math.abs(values[row] ?? 0)), 0);
  const result = new Float64Array(values.length);
  if (largest === 0 || !Number.isFinite(largest)) return result;
  const mean = rows.reduce((sum, row) => sum + (values[row] ?? 0) / largest, 0) / rows.length;
  const variance = rows.reduce((sum, row) => sum + ((values[row] ?? 0) / largest - mean) ** 2, 0) / rows.length;
  if (variance > 0) for (const row of rows) result[row] = ((values[row] ?? 0) / largest - mean) / Math.sqrt(variance);
  return result;
}
