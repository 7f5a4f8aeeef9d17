/**
 * Whether paths fit a glob, as `path.matchesGlob` tells it, which takes minutes for some: it tries by backtracking. Here every
 * sign is held against every character once. Pure.
 */

/** Alternatives in braces multiply. */
const mostPatterns = 200;
const longest = 4096;

/** @returns whether a path fits the glob; any path where it has too many alternatives to be tried */
export function globMatcher(glob: string): (path: string) => boolean {
  const patterns = glob.length > longest ? [] : expandBraces(glob)?.map(readSteps);
  return (path) => {
    if (path.length > longest) return false;
    const steps = path.split('/');
    return patterns === undefined || patterns.some((pattern) => fits(steps, pattern, isHidden));
  };
}

/** What ends in `/**` is in the folder, not the folder itself. */
function readSteps(pattern: string): Sign<string>[] {
  return (pattern.endsWith('/**') ? `${pattern}/*` : pattern).split('/').map(readStep);
}

/** Something that fits a single item of a sequence, or `many`: any number of items. */
type Sign<Item> = 'many' | ((item: Item) => boolean);

/**
 * Whether items are what signs stand for, one after the other. Row by row: after which counts of items the signs so far can end.
 * @param isSpared items that `many` does not stand for
 */
function fits<Item>(items: readonly Item[], signs: readonly Sign<Item>[], isSpared: (item: Item, index: number) => boolean): boolean {
  let ends = items.map(() => false);
  ends.unshift(true);
  for (const sign of signs) {
    const next = [sign === 'many' && ends[0] === true];
    items.forEach((item, index) => {
      const before = sign === 'many' ? next[index] === true && !isSpared(item, index) : ends[index] === true && sign(item);
      next.push(before || (sign === 'many' && ends[index + 1] === true));
    });
    if (!next.includes(true)) return false;
    ends = next;
  }
  return ends[items.length] === true;
}

function isHidden(step: string): boolean {
  return step.startsWith('.');
}

function readStep(pattern: string): Sign<string> {
  if (pattern === '**') return 'many';
  if (!/[*?[]/.test(pattern)) return (step) => step === pattern;
  const signs = readSigns(pattern);
  return (step) => step !== '' && (!isHidden(step) || pattern.startsWith('.')) && fits(Array.from(step), signs, () => false);
}

function readSigns(pattern: string): Sign<string>[] {
  return [...pattern.matchAll(/\*+|\[([!^]?)(\]?[^\]]*)\]|./gsu)].map(([sign, negated, members]) => {
    if (sign.startsWith('*')) return 'many';
    if (sign === '?') return () => true;
    if (members === undefined) return (character) => character === sign;
    const ranges = [...members.matchAll(/(.)-(.)|./gsu)].map(([one, from = one, to = from]) => [from, to] as const);
    return (character) => ranges.some(([from, to]) => from <= character && character <= to) === (negated === '');
  });
}

/** The patterns without braces that a glob stands for; undefined where they are too many. */
function expandBraces(glob: string): readonly string[] | undefined {
  let patterns = [glob];
  for (let index = 0; index < patterns.length;) {
    const pattern = patterns[index] ?? '';
    const found = /\{([^{}]*)\}/.exec(pattern);
    const choices = found === null ? undefined : choicesOf(found[1] ?? '');
    if (found === null || choices === undefined) {
      index++;
      continue;
    }
    const [start, end] = [pattern.slice(0, found.index), pattern.slice(found.index + found[0].length)];
    patterns = [...patterns.slice(0, index), ...choices.map((choice) => start + choice + end), ...patterns.slice(index + 1)];
    if (patterns.length > mostPatterns) return undefined;
  }
  return patterns;
}

/** `a,b` and `1..3`; undefined for braces that are no choice. */
function choicesOf(text: string): readonly string[] | undefined {
  const range = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text);
  if (range === null) return text.includes(',') ? text.split(',') : undefined;
  const [, from = '', to = ''] = range;
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0;
  const count = Math.min(Math.abs(Number(to) - Number(from)), mostPatterns) + 1;
  const step = Math.sign(Number(to) - Number(from));
  return Array.from({ length: count }, (_, index) => String(Number(from) + index * step).padStart(width, '0'));
}
