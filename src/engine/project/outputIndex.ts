/** Which of many outputs a path can meet, without looking at each of them. Pure. */
import { posix } from 'node:path';

/** A path of the project file with `/` between its steps and nothing superfluous; `\` and `/` alike. */
export function normalized(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '');
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

  /** The values of all outputs that reading `input` (a file, a folder or a glob) can meet, in the order of the outputs. */
  metBy(input: string): readonly Value[] {
    const path = normalized(input);
    // A path with the signs of a glob may be the name of a file all the same.
    const met = /[*?[{]/.test(input) ? new Set([...this.#metByGlob(path), ...this.#metByPath(path)]) : this.#metByPath(path);
    return [...met].sort((a, b) => a.position - b.position).map(({ value }) => value);
  }

  /** The path itself, the folders it lies in, and what lies in it. */
  #metByPath(path: string): Entry<Value>[] {
    if (path === '.') return [...this.#entries];
    const above = [path, ...foldersOf(path)].flatMap((outer) => this.#byPath.get(outer) ?? []);
    return [...above, ...(this.#byFolder.get(path) ?? [])];
  }

  #metByGlob(glob: string): Entry<Value>[] {
    const steps = glob.split('/');
    const plain = steps.slice(
      0,
      steps.findIndex((step) => /[*?[{]/.test(step)),
    );
    const folders = new Set(['.', ...plain.map((_, index) => plain.slice(0, index + 1).join('/'))]);
    return this.#entries.filter(({ path }) => folders.has(path) || posix.matchesGlob(path, glob));
  }
}

/** The folders that a path lies in, the innermost first; all lie in the project folder, `.`. */
function foldersOf(path: string): string[] {
  const steps = path.split('/');
  return [
    ...steps
      .slice(1)
      .map((_, index) => steps.slice(0, index + 1).join('/'))
      .reverse(),
    '.',
  ];
}
