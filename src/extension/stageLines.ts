/** Where a stage's key stands in the text of a project file that may have been edited since it was read. */

/**
 * The line (from 0) that holds the stage's key: the one nearest to where it was last seen.
 * @returns undefined when the key is gone
 */
export function findStageLine(lines: readonly string[], stage: string, lastSeen: number): number | undefined {
  const key = new RegExp(`^\\s+(["']?)${stage.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1\\s*:`);
  const found = lines.flatMap((line, index) => (key.test(line) ? [index] : []));
  return found.sort((a, b) => Math.abs(a - lastSeen) - Math.abs(b - lastSeen))[0];
}
