/** Names in an expression or an SQL condition that can only be columns. */

export interface NameMention {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Words of expressions and SQL that are never columns here. */
const keywords = new Set(
  (
    'and or not is null true false in between like ilike similar to escape case when then else end cast as try_cast interval date time ' +
    'timestamp timestamptz integer bigint double float varchar text boolean any all exists select from where day hour minute second month year'
  ).split(' '),
);

/**
 * Identifiers, quoted ones without their quotes; functions, texts and comments are left out.
 * @param isColumn tells columns from words of the language; by default common SQL keywords are no columns
 */
export function columnMentions(
  expression: string,
  isColumn: (name: string) => boolean = (name) => !keywords.has(name.toLowerCase()),
): NameMention[] {
  const mentions: NameMention[] = [];
  const piece = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_]*)(\s*[(.])?|\d[\w.]*|./gsu;
  for (const match of expression.matchAll(piece)) {
    const [, quoted, word, follower] = match;
    const start = match.index;
    if (quoted !== undefined) mentions.push({ name: quoted.replaceAll('""', '"'), start, end: start + match[0].length });
    else if (word !== undefined && follower === undefined && isColumn(word)) {
      mentions.push({ name: word, start, end: start + word.length });
    }
  }
  return mentions;
}
