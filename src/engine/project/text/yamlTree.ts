/** YAML text as a tree of values that know where they stand. Aliases and merge keys are resolved; nothing is thrown. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Span, TextSource } from './textSource.ts';
import { isTooLarge } from './textSize.ts';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly span: Span;
  /** The value was read from the environment: text that may be read as a number or a truth value where one is expected. */
  readonly fromEnvironment?: boolean;
  /** A reference that could not be resolved stood here; it was reported, and the value says nothing. */
  readonly unresolved?: boolean;
}

export interface MappingEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: TreeNode;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly MappingEntry[];
  readonly span: Span;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly items: readonly TreeNode[];
  readonly span: Span;
}

export type TreeNode = ScalarNode | MappingNode | SequenceNode;

/** Keys and indices from the root to a value. */
export type Path = readonly (string | number)[];

export type YamlProblem =
  | { readonly problem: 'syntax'; readonly detail: string; readonly span: Span }
  | { readonly problem: 'duplicateKey' | 'keyNotText' | 'reservedKey' | 'unknownAnchor'; readonly name: string; readonly span: Span }
  | { readonly problem: 'mergeNotMapping' | 'tab' | 'tooDeep' | 'tooLarge' | 'tooManyValues' | 'endlessAlias'; readonly span: Span }
  | { readonly problem: 'unquotedReference'; readonly reference: string; readonly span: Span };

export interface YamlTree {
  /** Undefined for an empty text and where nothing could be read. */
  readonly root: TreeNode | undefined;
  readonly problems: readonly YamlProblem[];
}

/** Values after aliases are resolved; beyond it a text is a bomb, not a project. */
const maxNodes = 500_000;
const maxDepth = 200;
const maxProblems = 50;

export function parseYaml(source: TextSource): YamlTree {
  const whole = { source, start: 0, end: source.text.length };
  if (isTooLarge(source.text)) return { root: undefined, problems: [{ problem: 'tooLarge', span: { ...whole, end: 0 } }] };
  try {
    return buildTree(source);
  } catch (error) {
    // The parser recurses into nested brackets, so that thousands of them exhaust the stack.
    if (error instanceof RangeError) return { root: undefined, problems: [{ problem: 'tooDeep', span: whole }] };
    throw error;
  }
}

function buildTree(source: TextSource): YamlTree {
  let document = parse(source.text);
  const unquoted = document.errors.length === 0 ? [] : unquotedReferences(source, document);
  if (unquoted.length > 0) document = parse(withoutBraces(source.text, unquoted));
  const builder = new TreeBuilder(source, unquoted);
  for (const span of unquoted) {
    builder.problems.push({ problem: 'unquotedReference', reference: source.text.slice(span.start, span.end), span });
  }
  const tab = document.errors.length === 0 ? undefined : tabIndentation(source);
  if (tab !== undefined) return { root: undefined, problems: [...builder.problems, { problem: 'tab', span: tab }] }; // the rest follows from it
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    builder.problems.push({ problem: 'syntax', detail: message, span: { source, start: pos[0], end: Math.max(pos[1], pos[0] + 1) } });
  }
  const root = document.contents === null ? undefined : builder.node(document.contents, 0);
  return { root, problems: builder.problems.slice(0, maxProblems) };
}

/** The first tab that a line is indented with: YAML takes blanks alone. */
function tabIndentation(source: TextSource): Span | undefined {
  const found = /^ *\t/m.exec(source.text);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  return { source, start: end - 1, end };
}

function parse(text: string): Document {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // a broken text makes an error of the reader's at every sign, and their stacks take longer than the reading
  try {
    return parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      resolveKnownTags: false,
      logLevel: 'error',
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** References such as `{rate: ${params.rate}}` that YAML takes for a mapping in braces. */
function unquotedReferences(source: TextSource, document: Document): Span[] {
  const places = document.errors.map(({ pos }) => pos[0]).sort((a, b) => a - b);
  let next = 0;
  return [...source.text.matchAll(/(?<=[:,[{][ \t]*)\$\{[^{}\r\n"']*\}/g)]
    .map((match) => ({ source, start: match.index, end: match.index + match[0].length }))
    .filter(({ start, end }) => {
      while ((places[next] ?? Infinity) <= start) next++;
      return (places[next] ?? Infinity) < end;
    });
}

/** The text with the braces of the references replaced, so that what stands around them can still be read. */
function withoutBraces(text: string, references: readonly Span[]): string {
  let result = '';
  let last = 0;
  for (const { start, end } of references) {
    result += `${text.slice(last, start)}$_${text.slice(start + 2, end - 1)}_`;
    last = end;
  }
  return result + text.slice(last);
}

class TreeBuilder {
  readonly problems: YamlProblem[] = [];
  private readonly source: TextSource;
  /** Where references without quotes start, and the text of YAML with them is not that of the file. */
  private readonly unquoted: readonly Span[];
  private nextUnquoted = 0;
  private readonly refusals = new Set<YamlProblem['problem']>();
  private readonly anchors = new Map<string, TreeNode>();
  private readonly sizes = new WeakMap<TreeNode, number>();
  /** Anchors whose values are being read. */
  private readonly openAnchors = new Set<string>();
  private nodes = 0;

  constructor(source: TextSource, unquoted: readonly Span[]) {
    this.source = source;
    this.unquoted = unquoted;
  }

  node(node: Node, depth: number): TreeNode {
    const span = this.spanOf(node);
    if (depth > maxDepth) return this.refused('tooDeep', span);
    if (isAlias(node)) return this.alias(node.source, span);
    if (!this.count(1)) return this.refused('tooManyValues', span);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) this.openAnchors.add(anchor);
    const before = this.nodes;
    const built = this.content(node, span, depth);
    this.sizes.set(built, this.nodes - before + 1);
    if (anchor !== undefined) {
      this.openAnchors.delete(anchor);
      this.anchors.set(anchor, built);
    }
    return built;
  }

  private content(node: Node, span: Span, depth: number): TreeNode {
    if (isMap(node)) return this.mapping(node, span, depth);
    if (isSeq(node)) {
      return { kind: 'sequence', items: node.items.map((item) => this.node(item as Node, depth + 1)), span };
    }
    return { kind: 'scalar', value: isScalar(node) ? this.scalarValue(node.value, span) : null, span };
  }

  private scalarValue(value: unknown, span: Span): ScalarNode['value'] {
    // Scalars come in the order of the text.
    while ((this.unquoted[this.nextUnquoted]?.start ?? Infinity) < span.start) this.nextUnquoted++;
    if ((this.unquoted[this.nextUnquoted]?.end ?? Infinity) <= span.end) return this.source.text.slice(span.start, span.end);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    return typeof value === 'bigint' ? Number(value) : null;
  }

  private mapping(node: YAMLMap, span: Span, depth: number): MappingNode {
    const entries = new Map<string, MappingEntry>();
    const merged: MappingEntry[] = [];
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const keySpan = pair.key === null ? { ...span, end: span.start } : this.spanOf(pair.key);
      const value: TreeNode =
        pair.value === null ? { kind: 'scalar', value: null, span: { ...keySpan, start: keySpan.end } } : this.node(pair.value, depth + 1);
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        for (const entry of this.mergeSources(value)) merged.push(entry);
        continue;
      }
      const key = this.keyText(pair.key, keySpan);
      if (key === undefined) continue;
      if (entries.has(key)) this.problems.push({ problem: 'duplicateKey', name: key, span: keySpan });
      else entries.set(key, { key, keySpan, value });
    }
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return { kind: 'mapping', entries: [...entries.values()], span };
  }

  /** Numbers and truth values as keys are taken as they are written. */
  private keyText(key: Node | null, span: Span): string | undefined {
    if (!isScalar(key) || key.value === null) {
      const name = this.source.text.slice(span.start, span.end);
      this.problems.push({ problem: 'keyNotText', name, span });
      return undefined;
    }
    const text = typeof key.value === 'string' ? key.value : (key.source ?? this.source.text.slice(span.start, span.end));
    if (text === '__proto__') {
      this.problems.push({ problem: 'reservedKey', name: text, span });
      return undefined;
    }
    return text;
  }

  private mergeSources(value: TreeNode): readonly MappingEntry[] {
    if (value.kind === 'mapping') return value.entries;
    if (value.kind === 'sequence' && value.items.every((item) => item.kind === 'mapping')) {
      return value.items.flatMap((item) => item.entries);
    }
    this.problems.push({ problem: 'mergeNotMapping', span: value.span });
    return [];
  }

  /** The anchored value itself: the tree shares it, and only its size counts again. */
  private alias(name: string, span: Span): TreeNode {
    const target = this.openAnchors.has(name) ? undefined : this.anchors.get(name);
    if (target === undefined) {
      this.problems.push(this.openAnchors.has(name) ? { problem: 'endlessAlias', span } : { problem: 'unknownAnchor', name, span });
      return { kind: 'scalar', value: null, span };
    }
    return this.count(this.sizes.get(target) ?? 1) ? target : this.refused('tooManyValues', span);
  }

  private count(nodes: number): boolean {
    this.nodes += nodes;
    return this.nodes <= maxNodes;
  }

  private refused(problem: 'tooDeep' | 'tooManyValues', span: Span): ScalarNode {
    if (!this.refusals.has(problem)) this.problems.unshift({ problem, span }); // before the others, of which only some are told
    this.refusals.add(problem);
    return { kind: 'scalar', value: null, span };
  }

  private spanOf(node: Node): Span {
    const [start, end] = node.range ?? [0, 0];
    return { source: this.source, start, end };
  }
}

/** The value at a path, or undefined. */
export function nodeAt(root: TreeNode | undefined, path: Path): TreeNode | undefined {
  let node = root;
  for (const step of path) {
    if (node?.kind === 'mapping') node = entryOf(node, String(step))?.value;
    else if (node?.kind === 'sequence') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** Mappings of more entries are searched by an index. */
const mostSearched = 16;
const indices = new WeakMap<MappingNode, ReadonlyMap<string, MappingEntry>>();

/** The entry of a mapping with this key, or undefined. */
export function entryOf(node: TreeNode | undefined, key: string): MappingEntry | undefined {
  if (node?.kind !== 'mapping') return undefined;
  if (node.entries.length <= mostSearched) return node.entries.find((entry) => entry.key === key);
  const index = indices.get(node) ?? new Map(node.entries.map((entry) => [entry.key, entry]));
  indices.set(node, index);
  return index.get(key);
}

/** Where the key at the end of a path is written, or undefined for items of a list and the root. */
export function keySpanAt(root: TreeNode | undefined, path: Path): Span | undefined {
  const last = path.at(-1);
  return last === undefined ? undefined : entryOf(nodeAt(root, path.slice(0, -1)), String(last))?.keySpan;
}

/** The tree as plain values; mappings have no prototype, so that no key is inherited. */
export function toValue(node: TreeNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(toValue);
  const result = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.entries) result[key] = toValue(value);
  return result;
}
