/** Which of many outputs a path can meet, without looking at each of them. Pure. */
import { posix } from 'node:path';
import { globMatcher } from './matchGlob.ts';

/** A path of the project file with `/` between its steps and nothing superfluous; `\` and `/` alike. */
export function normalized(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '');
}

/** Whether a path holds signs of a glob; it may be the name of a file all the same. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** Whether one path is the other or lies below it; both relative to the project folder, `\` and `/` alike. */
export function isSameOrInside(path: string, folder: string): boolean {
  const [inner, outer] = [normalized(path), normalized(folder)];
  return inner === outer || inner.startsWith(`${outer}/`) || outer === '.';
}

/** Whether reading `input` (a file, a folder or a glob) can meet what was written to `output`. */
export function reads(input: string, output: string): boolean {
  return new OutputIndex([{ output, value: output }]).metBy(input).length > 0;
}

interface Entry<Value> {
  readonly path: string;
  readonly position: number;
  readonly value: Value;
}

/** Outputs by path. */
export class OutputIndex<Value> {
  readonly #entries: readonly Entry<Value>[];
  readonly #byPath: ReadonlyMap<string, readonly Entry<Value>[]>;
  readonly #byFolder: ReadonlyMap<string, readonly Entry<Value>[]>;

  constructor(outputs: readonly { readonly output: string; readonly value: Value }[]) {
    this.#entries = outputs.map(({ output, value }, position) => ({ path: normalized(output), position, value }));
    this.#byPath = Map.groupBy(this.#entries, ({ path }) => path);
    const inFolders = this.#entries.flatMap((entry) => foldersOf(entry.path).map((folder) => ({ folder, entry })));
    this.#byFolder = new Map(
      [...Map.groupBy(inFolders, ({ folder }) => folder)].map(([folder, found]) => [folder, found.map(({ entry }) => entry)]),
    );
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The values of all outputs that reading `input` (a file, a folder or a glob) can meet, in the order of the outputs. */
  metBy(input: string): readonly Value[] {
    const path = normalized(input);
    return valuesOf(isGlob(input) ? new Set([...this.#metByGlob(path), ...this.#metByPath(path)]) : this.#metByPath(path));
  }

  /** The values of outputs that are the path, lie in it, or hold it; in the order of the outputs. */
  metByPath(path: string): readonly Value[] {
    return valuesOf(this.#metByPath(normalized(path)));
  }

  /** The first value whose output is the path or holds it. */
  firstAround(path: string): Value | undefined {
    return valuesOf(this.#around(normalized(path)))[0];
  }

  /** The first value whose output is the path or lies in it. */
  firstWithin(path: string): Value | undefined {
    const folder = normalized(path);
    return (this.#byPath.get(folder) ?? this.#byFolder.get(folder))?.[0]?.value;
  }

  /** The path itself, the folders it lies in, and what lies in it. */
  #metByPath(path: string): Entry<Value>[] {
    if (path === '.') return [...this.#entries];
    return [...this.#around(path), ...(this.#byFolder.get(path) ?? [])];
  }

  #around(path: string): Entry<Value>[] {
    return [path, ...foldersOf(path)].flatMap((outer) => this.#byPath.get(outer) ?? []);
  }

  #metByGlob(glob: string): Entry<Value>[] {
    const steps = glob.split('/');
    const plain = steps.slice(0, steps.findIndex(isGlob));
    const folders = new Set(['.', ...plain.map((_, index) => plain.slice(0, index + 1).join('/'))]);
    const fits = globMatcher(glob);
    return this.#entries.filter(({ path }) => folders.has(path) || fits(path));
  }
}

function valuesOf<Value>(entries: Iterable<Entry<Value>>): Value[] {
  return [...entries].sort((a, b) => a.position - b.position).map(({ value }) => value);
}

/** No system has longer paths. */
const longestPath = 4096;

/** The folders that a path lies in, the innermost first; all lie in the project folder, `.`. */
function foldersOf(path: string): string[] {
  if (path.length > longestPath) return ['.'];
  const steps = path.split('/');
  return [
    ...steps
      .slice(1)
      .map((_, index) => steps.slice(0, index + 1).join('/'))
      .reverse(),
    '.',
  ];
}
