/** JSON for programs that read our answers. */

/**
 * A value as JSON text. JSON has no NaN and no infinities: they are the texts "NaN", "Infinity" and "-Infinity", as MLflow's
 * REST interface writes them, so that a diverged loss and an infinite one can be told apart.
 * @param indent spaces per level; 0: one line
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each), indent);
}
