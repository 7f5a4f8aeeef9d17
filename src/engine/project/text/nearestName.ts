/** Which legal name a misspelt one most likely means. */

/**
 * Number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance).
 * @param most a distance of which it is enough to know that it is reached
 */
export function editDistance(a: string, b: string, most = Infinity): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
      smallest = Math.min(smallest, best);
    }
    // Every later row grows from this one, or by a swap from the one before it.
    if (smallest >= most && Math.min(...last) >= most) return smallest;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const longest = 80;

/**
 * The candidate closest to `name`, or undefined when none is close enough to be meant: at most a third of the letters
 * may differ (one in a short name). Case and the difference between `-`, `_` and a space do not count.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = folded(name);
  if (wanted === '' || wanted.length > longest) return undefined;
  let nearest: string | undefined;
  let smallest = Math.max(1, Math.floor(wanted.length / 3)) + 0.5;
  for (const candidate of candidates) {
    const other = folded(candidate);
    if (Math.abs(other.length - wanted.length) > smallest || other.length > longest) continue;
    const distance = editDistance(wanted, other, smallest);
    if (distance < smallest) [nearest, smallest] = [candidate, distance];
  }
  return nearest;
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[-\s]/g, '_');
}
