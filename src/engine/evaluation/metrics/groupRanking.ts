/** How well the rows of each group (a query, a user) are ranked by their scores. */
import type { RowGroups, ScoreArray } from './predictions.ts';
import { orderByScore } from './scoreOrder.ts';

/** The rows of all groups, group by group, each from its highest score down. */
export interface RankedGroups {
  /** Where each group begins, and at last where the rows end. */
  readonly starts: Uint32Array;
  /** How relevant each row is: 0 or 1, or a grade; not negative. */
  readonly relevance: Float64Array;
  /** 1 where the score differs from that of the row before, or a group begins. */
  readonly startsTie: Uint8Array;
}

/** @param scores higher means further up; no NaN */
export function rankGroups(relevance: ArrayLike<number>, scores: ScoreArray, { codes, count }: RowGroups): RankedGroups {
  const starts = new Uint32Array(count + 1);
  for (const code of codes) starts[code + 1] = (starts[code + 1] ?? 0) + 1;
  for (let group = 0; group < count; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  const next = starts.slice(0, count);
  const ranked = new Float64Array(codes.length);
  const startsTie = new Uint8Array(codes.length);
  const lastScore = new Float64Array(count);
  for (const row of orderByScore(scores).rows.toReversed()) {
    const group = codes[row] ?? 0;
    const place = next[group] ?? 0;
    const score = scores[row] ?? NaN;
    startsTie[place] = place === starts[group] || score !== lastScore[group] ? 1 : 0;
    ranked[place] = relevance[row] ?? 0;
    lastScore[group] = score;
    next[group] = place + 1;
  }
  return { starts, relevance: ranked, startsTie };
}

/**
 * scikit-learn's `ndcg_score(k=k)` of each group: Σᵢ≤ₖ relevanceᵢ / log₂(i + 1) over the same sum in the best order; the
 * relevance itself is the gain, rows of equal score share the mean of theirs, and a group without a relevant row has 0.
 */
export function ndcgAt(k: number, ranked: RankedGroups): Float64Array {
  return perGroup(ranked, (start, end) => {
    const sorted = ranked.relevance.slice(start, end).sort().reverse();
    let ideal = 0;
    for (let rank = 0; rank < Math.min(k, sorted.length); rank++) ideal += (sorted[rank] ?? 0) * discount(rank);
    let gained = 0;
    for (const tie of tiesOf(ranked, start, end)) {
      let discounts = 0;
      for (let rank = tie.start - start; rank < Math.min(k, tie.end - start); rank++) discounts += discount(rank);
      gained += (sumOf(ranked.relevance, tie) / (tie.end - tie.start)) * discounts;
    }
    return ideal === 0 ? 0 : gained / ideal;
  });
}

function discount(rank: number): number {
  return 1 / Math.log2(rank + 2);
}

/**
 * Average precision at k of each group, as `map_cut` of trec_eval and `map@k` of ranx: Σᵢ≤ₖ [row i is relevant] ·
 * (relevant among the first i) / i, over all relevant rows of the group; relevant is what has a relevance above 0, and a
 * group without any has 0. Rows of equal score count as the mean over all their orders (McSherry and Najork, "Computing
 * information retrieval performance measures efficiently in the presence of tied scores", ECIR 2008, section 3.3).
 */
export function averagePrecisionAt(k: number, ranked: RankedGroups): Float64Array {
  return perGroup(ranked, (start, end) => {
    let before = 0;
    let precisions = 0;
    for (const tie of tiesOf(ranked, start, end)) {
      const size = tie.end - tie.start;
      const relevant = ranked.relevance.subarray(tie.start, tie.end).reduce((sum, grade) => sum + Number(grade > 0), 0);
      const others = size === 1 ? 0 : (relevant - 1) / (size - 1);
      for (let place = 0; place < size && tie.start - start + place < k; place++) {
        precisions += ((relevant / size) * (before + place * others + 1)) / (tie.start - start + place + 1);
      }
      before += relevant;
    }
    return before === 0 ? 0 : precisions / before;
  });
}

function perGroup({ starts }: RankedGroups, figure: (start: number, end: number) => number): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, group) => figure(starts[group] ?? 0, starts[group + 1] ?? 0));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function* tiesOf({ startsTie }: RankedGroups, start: number, end: number): Generator<Range> {
  for (let from = start; from < end;) {
    let to = from + 1;
    while (to < end && startsTie[to] === 0) to++;
    yield { start: from, end: to };
    from = to;
  }
}

function sumOf(values: Float64Array, { start, end }: Range): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += values[index] ?? 0;
  return sum;
}
