/** Where the key of a stage or data set stands in the text of a project file that may have been edited since it was read. */

/**
 * The line (from 0) that holds the stage's key: the one nearest to where it was last seen.
 * @returns undefined when the key is gone
 */
export function findStageLine(lines: readonly string[], stage: string, lastSeen: number): number | undefined {
  const found = linesWithKey(lines, stage);
  return found.sort((a, b) => Math.abs(a - lastSeen) - Math.abs(b - lastSeen))[0];
}

/**
 * The line (from 0) that holds the data set's key: the first of that name below `datasets:`.
 * @returns undefined when the key is gone
 */
export function findDatasetLine(lines: readonly string[], dataset: string): number | undefined {
  const section = lines.findIndex((line) => /^datasets\s*:/.test(line));
  return section === -1 ? undefined : linesWithKey(lines, dataset).find((line) => line >= section);
}

/** The lines on which an indented key of this name stands. */
function linesWithKey(lines: readonly string[], name: string): number[] {
  const key = new RegExp(`^\\s+(["']?)${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1\\s*:`);
  return lines.flatMap((line, index) => (key.test(line) ? [index] : []));
}
