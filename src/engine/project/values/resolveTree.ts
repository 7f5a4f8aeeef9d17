/** Putting values in the place of references throughout a tree, and noting which values came from the environment. */
import type { Diagnostics } from '../text/diagnostics.ts';
import {
  hasReference,
  paramNames,
  parseReferences,
  referenceError,
  soleReference,
  valueAsText,
  type EnvironmentValue,
} from './references.ts';
import type { Span } from '../text/textSource.ts';
import { entryOf, toValue, type Path, type ScalarNode, type TreeNode } from '../text/yamlTree.ts';

export interface ResolveOptions {
  readonly params: TreeNode | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly diagnostics: Diagnostics;
}

/** Values and characters that references may add to a file. */
const maxExpandedSize = 4_000_000;

/** References that lead to references; each is one call within another. */
const longestChain = 200;

/** Resolves references; a tree that holds none comes back as it is. */
export class ReferenceResolver {
  /** Values of the environment that something refers to, by name. */
  readonly used = new Map<string, EnvironmentValue>();
  private readonly options: ResolveOptions;
  private readonly underWay = new Set<TreeNode>();
  private readonly resolved = new Map<TreeNode, TreeNode>();
  /** What was referred to, as it was resolved. */
  private readonly values = new Map<TreeNode, TreeNode>();
  private readonly sizes = new WeakMap<TreeNode, number>();
  private spent = 0;
  private names: readonly string[] | undefined;

  constructor(options: ResolveOptions) {
    this.options = options;
  }

  /** @param isKept whether the references of the value at this path are only checked, and stay as they are */
  resolve(node: TreeNode, isKept: (path: Path) => boolean = () => false, path: Path = []): TreeNode {
    if (isKept(path)) {
      this.check(node);
      return node;
    }
    if (node.kind === 'scalar') return this.scalar(node);
    if (node.kind === 'sequence') {
      return { ...node, items: node.items.map((item, index) => this.resolve(item, isKept, [...path, index])) };
    }
    const entries = node.entries.map((entry) => ({ ...entry, value: this.resolve(entry.value, isKept, [...path, entry.key]) }));
    return { ...node, entries };
  }

  private check(node: TreeNode): void {
    if (node.kind === 'sequence') for (const item of node.items) this.check(item);
    else if (node.kind === 'scalar') this.scalar(node);
  }

  private scalar(node: ScalarNode): TreeNode {
    if (typeof node.value !== 'string' || !hasReference(node.value)) return node;
    const known = this.resolved.get(node);
    if (known !== undefined) return known;
    this.underWay.add(node);
    const result = this.substituted(node, node.value);
    this.underWay.delete(node);
    this.resolved.set(node, result);
    return result;
  }

  private substituted(node: ScalarNode, text: string): TreeNode {
    const sole = soleReference(text);
    if (sole !== undefined) {
      const value = this.lookUp(sole, spanWithin(node, text.trim(), 0));
      return value === undefined ? { ...node, value: null, unresolved: true } : placedAt(value, node.span);
    }
    let from = 0; // the end, once a piece was not found: escapes hide the others, too
    const parts = parseReferences(text).map((part) => {
      if (part.kind === 'text') return part.text;
      if (this.options.diagnostics.isSpent) return '';
      const span = spanWithin(node, text.slice(part.start, part.end), from);
      from = span.end - node.span.start;
      if (!part.closed) {
        this.options.diagnostics.addError(referenceError('notClosed', part.name, []), span);
        return '';
      }
      const value = this.lookUp(part.name, span);
      return value === undefined ? '' : valueAsText(toValue(value));
    });
    return { ...node, value: parts.join('') };
  }

  private lookUp(name: string, span: Span): TreeNode | undefined {
    if (this.options.diagnostics.isSpent || this.spent > maxExpandedSize) return undefined; // reported already
    const [root, ...steps] = name.split('.');
    if (root === 'env' && steps.length > 0) return this.environmentValue(steps.join('.'), span);
    const found = root === 'params' && steps.length > 0 ? entryAtSteps(this.options.params, steps) : undefined;
    if (found === undefined) {
      this.names ??= this.options.params === undefined ? [] : paramNames(toValue(this.options.params)).filter((one) => one !== 'params');
      const problem = root === 'params' ? 'unknownParam' : 'unknownRoot';
      const { diagnostics } = this.options;
      diagnostics.addError(
        referenceError(problem, name, this.names, (wanted, known) => diagnostics.nearest(wanted, known)),
        span,
      );
      return undefined;
    }
    if (this.underWay.size > longestChain) {
      this.options.diagnostics.addError(referenceError('tooLong', name, []), span);
      return undefined;
    }
    if (contains(found, this.underWay)) {
      this.options.diagnostics.addError(referenceError('circular', name, []), span);
      return undefined;
    }
    const value = this.values.get(found) ?? this.resolve(found);
    this.values.set(found, value);
    return this.isAffordable(this.sizeOf(value), span) ? value : undefined;
  }

  /** References to references could repeat a value without end in sight. */
  private isAffordable(size: number, span: Span): boolean {
    this.spent += size;
    if (this.spent <= maxExpandedSize) return true;
    this.options.diagnostics.addError(referenceError('tooLarge', '', []), span);
    return false;
  }

  /** Values and characters, counting what is shared as often as it is used. */
  private sizeOf(node: TreeNode): number {
    const known = this.sizes.get(node);
    if (known !== undefined) return known;
    const parts = node.kind === 'scalar' ? [] : node.kind === 'sequence' ? node.items : node.entries.map(({ value }) => value);
    const own = node.kind === 'scalar' && typeof node.value === 'string' ? node.value.length : 1;
    const size = parts.reduce((sum, part) => sum + this.sizeOf(part), own);
    this.sizes.set(node, size);
    return size;
  }

  private environmentValue(name: string, span: Span): TreeNode | undefined {
    const value = Object.hasOwn(this.options.env, name) ? this.options.env[name] : undefined;
    if (value === undefined) {
      const others = Object.keys(this.options.env).map((other) => `env.${other}`);
      this.options.diagnostics.addError(referenceError('envNotSet', `env.${name}`, others), span);
      return undefined;
    }
    this.used.set(name, { name, value });
    return { kind: 'scalar', value, span, fromEnvironment: true };
  }
}

/** Scalars take the place of the reference, so that a wrong value is shown where it is used. */
function placedAt(value: TreeNode, span: Span): TreeNode {
  return value.kind === 'scalar' ? { ...value, span } : value;
}

function contains(node: TreeNode, wanted: ReadonlySet<TreeNode>): boolean {
  if (wanted.has(node)) return true;
  if (node.kind === 'sequence') return node.items.some((item) => contains(item, wanted));
  return node.kind === 'mapping' && node.entries.some(({ value }) => contains(value, wanted));
}

/** Keys may hold dots themselves, so the longest key that fits is tried first. */
function entryAtSteps(node: TreeNode | undefined, steps: readonly string[]): TreeNode | undefined {
  if (node === undefined || steps.length === 0) return node;
  if (node.kind === 'sequence') return entryAtSteps(node.items[Number(steps[0])], steps.slice(1));
  if (node.kind !== 'mapping') return undefined;
  for (let length = steps.length; length > 0; length--) {
    const entry = entryOf(node, steps.slice(0, length).join('.'));
    const found = entry === undefined ? undefined : entryAtSteps(entry.value, steps.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a piece of a scalar's text is written; the whole scalar where escapes or folded lines hide it. */
function spanWithin(node: ScalarNode, piece: string, from: number): Span {
  const { source, start, end } = node.span;
  const index = source.text.slice(start, end).indexOf(piece, from);
  return index < 0 ? node.span : { source, start: start + index, end: start + index + piece.length };
}
