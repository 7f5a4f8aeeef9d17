/** DuckDB's syntax trees as JSON, with every number as it was written: constants of 64 bits would not survive JavaScript's. */

const numberMark = '\u0000number ';
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const markedNumber = /"\\u0000number ([^"]*)"/g;

/** The tree of a text that `json_serialize_sql` gave; its numbers are kept for {@link writeSyntaxTree} and not to be read. */
export function parseSyntaxTree(text: string): unknown {
  return JSON.parse(text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : JSON.stringify(numberMark + token))));
}

/** The text of a tree for `json_deserialize_sql`, each number digit by digit as it was read. */
export function writeSyntaxTree(tree: unknown): string {
  return JSON.stringify(tree).replace(markedNumber, (_, number: string) => number);
}
