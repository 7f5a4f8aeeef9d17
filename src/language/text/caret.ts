/** Where a caret stands in a text that is still being typed: which key or value would come there. */
import { parseYaml, type MappingNode, type Path, type TreeNode } from '../../engine/project/text/yamlTree.ts';

export type Caret = CaretBase &
  (
    | {
        readonly role: 'key';
        /** The mapping that the key would belong to. */
        readonly parent: Path;
        readonly siblings: readonly string[];
        /** Whether a colon stands behind the word already. */
        readonly hasColon: boolean;
        readonly isFlow: boolean;
      }
    | {
        readonly role: 'value';
        readonly path: Path;
        /** Whether the word is the whole value, not a piece of a longer text. */
        readonly isWhole: boolean;
      }
    | { readonly role: 'reference' }
  );

interface CaretBase {
  /** The word that a completion would replace. */
  readonly start: number;
  readonly end: number;
  /** The tree of the text, with the word replaced by {@link placeholder}. */
  readonly tree: TreeNode | undefined;
}

/** Stands for the word at the caret, so that YAML reads a key or a value there. */
export const placeholder = 'CaretOfMillwright';

/** No name is as long. */
const longestWord = 1000;
const wordCharacter = /[^\s,[\]{}"':#&*()+<>=|!%$]/u;

/** @returns undefined in a comment and where neither key nor value can stand */
export function readCaret(text: string, offset: number): Caret | undefined {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const before = text.slice(lineStart, offset);
  const reference = /\$\{\s*([^{}\s]*)$/.exec(before);
  if (reference !== null) {
    const after = /^[^{}\s"']*/.exec(text.slice(offset))?.[0].length ?? 0;
    return { role: 'reference', start: offset - (reference[1] ?? '').length, end: offset + after, tree: parse(text) };
  }
  const word = wordAround(text, offset);
  const { start, end } = word;
  const hasColon = /^["']?[ \t]*:(\s|$)/.test(text.slice(end));
  const isLineStart = text.slice(lineStart, start).trim() === '';
  if (!isLineStart || hasColon) return readWord(text, word, { put: placeholder, hasColon });
  const asKey = readWord(text, word, { put: `${placeholder}:`, hasColon });
  return asKey?.role === 'key' && canHoldKeys(asKey) ? asKey : (readWord(text, word, { put: placeholder, hasColon }) ?? asKey);
}

function wordAround(text: string, offset: number): { start: number; end: number } {
  let [start, end] = [offset, offset];
  while (start > 0 && offset - start < longestWord && wordCharacter.test(text[start - 1] ?? '')) start--;
  while (end < text.length && end - offset < longestWord && wordCharacter.test(text[end] ?? '')) end++;
  return { start, end };
}

/** A key put into brackets makes a mapping of its own there: then a value was meant. */
function canHoldKeys({ parent }: Extract<Caret, { role: 'key' }>): boolean {
  return typeof parent.at(-1) !== 'number';
}

function parse(text: string): TreeNode | undefined {
  return parseYaml({ file: '', text, kind: 'file' }).root;
}

function readWord(
  text: string,
  { start, end }: { start: number; end: number },
  { put, hasColon }: { put: string; hasColon: boolean },
): Caret | undefined {
  const changed = text.slice(0, start) + put + text.slice(end);
  const tree = parse(changed);
  if (tree === undefined) return undefined;
  const found = [...search(tree, [])];
  const best = found.find(({ path }) => !String(path[0]).startsWith('x-')) ?? found[0];
  if (best === undefined) return undefined;
  if (best.mapping === undefined) return { role: 'value', path: best.path, isWhole: best.isWhole, start, end, tree };
  const { mapping } = best;
  const siblings = mapping.entries.map(({ key }) => key).filter((key) => key !== placeholder);
  const isFlow = changed[mapping.span.start] === '{';
  return { role: 'key', parent: best.path, siblings, hasColon, isFlow, start, end, tree };
}

interface Found {
  readonly path: Path;
  readonly mapping: MappingNode | undefined;
  readonly isWhole: boolean;
}

function* search(node: TreeNode, path: Path): Iterable<Found> {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string' && node.value.includes(placeholder)) {
      yield { path, mapping: undefined, isWhole: node.value === placeholder };
    }
  } else if (node.kind === 'sequence') {
    for (const [index, item] of node.items.entries()) yield* search(item, [...path, index]);
  } else {
    for (const { key, value } of node.entries) {
      if (key === placeholder) yield { path, mapping: node, isWhole: true };
      yield* search(value, [...path, key]);
    }
  }
}
