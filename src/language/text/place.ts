/** What stands at an offset of a project file: a key or a value, and its path. */
import type { MappingEntry, Path, ScalarNode, TreeNode } from '../../engine/project/text/yamlTree.ts';
import type { Span } from '../../engine/project/text/textSource.ts';

export type Place =
  | { readonly role: 'key'; readonly path: Path; readonly entry: MappingEntry; readonly span: Span }
  | { readonly role: 'value'; readonly path: Path; readonly node: ScalarNode; readonly span: Span };

/**
 * The innermost key or scalar at an offset; undefined between them.
 * What an anchor holds is found under a path that uses it, where its meaning is known.
 */
export function placeAt(tree: TreeNode | undefined, text: string, offset: number): Place | undefined {
  if (tree === undefined) return undefined;
  const found = [...placesAt(tree, [], text, offset)];
  return found.find(({ path }) => !String(path[0]).startsWith('x-')) ?? found[0];
}

function* placesAt(node: TreeNode, path: Path, text: string, offset: number): Iterable<Place> {
  if (node.kind === 'scalar') {
    if (holds(node.span, text, offset)) yield { role: 'value', path, node, span: node.span };
  } else if (node.kind === 'sequence') {
    for (const [index, item] of node.items.entries()) yield* placesAt(item, [...path, index], text, offset);
  } else {
    for (const entry of node.entries) {
      const inner = [...path, entry.key];
      if (holds(entry.keySpan, text, offset)) yield { role: 'key', path: inner, entry, span: entry.keySpan };
      yield* placesAt(entry.value, inner, text, offset);
    }
  }
}

function holds(span: Span, text: string, offset: number): boolean {
  return span.source.kind === 'file' && span.start <= offset && offset <= span.end && span.end > span.start && span.source.text === text;
}
