/** Where the key of a stage or data set stands in the text of a project file that may have been edited since it was read. */

/** The lines (from 0) on which indented keys stand, by key. */
export type KeyLines = ReadonlyMap<string, readonly number[]>;

export function findKeyLines(lines: readonly string[]): KeyLines {
  const found = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const key = /^\s+(?:"([^"]*)"\s*:|'([^']*)'\s*:|([^\s"'#:][^:]*):)/.exec(line);
    const name = key?.[1] ?? key?.[2] ?? key?.[3]?.trimEnd();
    if (name === undefined) continue;
    const known = found.get(name);
    if (known === undefined) found.set(name, [index]);
    else known.push(index);
  }
  return found;
}

/**
 * The line (from 0) that holds the stage's key: the one nearest to where it was last seen.
 * @returns undefined when the key is gone
 */
export function findStageLine(keys: KeyLines, stage: string, lastSeen: number): number | undefined {
  const distance = (line: number): number => Math.abs(line - lastSeen);
  return keys.get(stage)?.reduce((best, line) => (distance(line) < distance(best) ? line : best));
}

/**
 * The line (from 0) that holds the data set's key: the first of that name below `datasets:`.
 * @returns undefined when the key is gone
 */
export function findDatasetLine(lines: readonly string[], dataset: string): number | undefined {
  const section = lines.findIndex((line) => /^datasets\s*:/.test(line));
  return section === -1
    ? undefined
    : findKeyLines(lines)
        .get(dataset)
        ?.find((line) => line >= section);
}
