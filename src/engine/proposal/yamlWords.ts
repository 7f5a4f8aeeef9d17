/** Words of a proposed project file: scalars, names in comments. Pure. */

/** A text as a YAML scalar that is read back as the same text, also between braces. */
export function scalar(text: string): string {
  const plain = /^[A-Za-z_][\w./@-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** The first of some classes, for a comment. */
export function classNames(classes: readonly string[]): string {
  const shown = classes.slice(0, 3).map((name) => `"${oneLine(name)}"`);
  return classes.length > shown.length ? `${shown.join(', ')} and ${classes.length - shown.length} more` : shown.join(', ');
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
