/** Every mention of a column in a project file, with its place and the data set that should have it. */
import { AppError, type ErrorRecord } from '../base/errors.ts';
import { parseExpression } from '../engine/features/expression/parseExpression.ts';
import { columnsOf } from '../engine/features/expression/syntax.ts';
import { columnMentions } from './expressionColumns.ts';
import { childSchemas, type JsonSchema } from '../engine/project/projectSchema.ts';
import { hasReference } from '../engine/project/references.ts';
import { rangeOfSpan, type Span } from '../engine/project/textSource.ts';
import { entryOf, type MappingEntry, type Path, type ScalarNode, type TreeNode } from '../engine/project/yamlTree.ts';
import { datasetOf } from './datasetOf.ts';
import { schemasIn, type ProjectDocument } from './projectDocument.ts';

export interface ColumnMention {
  readonly column: string;
  readonly span: Span;
  readonly dataset: string;
  /** Found in SQL, which is not read in full: only a likely slip is worth a word. */
  readonly isGuess: boolean;
}

export interface ColumnMentions {
  readonly mentions: readonly ColumnMention[];
  /** Expressions that cannot be read. */
  readonly errors: readonly ErrorRecord[];
}

/** Mentions in lists of columns, keys that name columns, feature expressions and SQL conditions. */
export function findColumnMentions({ parsed }: ProjectDocument): ColumnMentions {
  const collector = new Collector(parsed.tree);
  for (const section of ['datasets', 'features', 'stages'] as const) {
    const node = entryOf(parsed.tree, section)?.value;
    if (node?.kind !== 'mapping') continue;
    for (const { key, value } of node.entries) collector.visit(value, [section, key], schemasIn(parsed.tree, [section, key]));
  }
  return collector;
}

class Collector implements ColumnMentions {
  readonly mentions: ColumnMention[] = [];
  readonly errors: ErrorRecord[] = [];
  private readonly tree: TreeNode | undefined;

  constructor(tree: TreeNode | undefined) {
    this.tree = tree;
  }

  visit(node: TreeNode, path: Path, schemas: readonly JsonSchema[]): void {
    if (node.kind === 'sequence') {
      node.items.forEach((item, index) => {
        this.visit(item, [...path, index], childSchemas(schemas, index));
      });
    } else if (node.kind === 'mapping') {
      for (const entry of node.entries) {
        if (namesColumn(path, entry)) this.add(entry.key, entry.keySpan, path, false);
        this.visit(entry.value, [...path, entry.key], childSchemas(schemas, entry.key));
      }
    } else if (typeof node.value === 'string' && !hasReference(node.value)) {
      this.text(node, node.value, path, schemas);
    }
  }

  private text(node: ScalarNode, text: string, path: Path, schemas: readonly JsonSchema[]): void {
    const targets = schemas.map(({ refersTo }) => refersTo);
    if (targets.includes('column')) this.add(text, node.span, path, false);
    if (targets.includes('condition')) {
      for (const { name, start, end } of columnMentions(text)) this.add(name, spanWithin(node, start, end), path, true);
    }
    if (targets.includes('expression')) this.expression(node, text, path);
  }

  private expression(node: ScalarNode, text: string, path: Path): void {
    try {
      const names = new Set(columnsOf(parseExpression(text)));
      for (const { name, start, end } of columnMentions(text, (word) => names.has(word)))
        this.add(name, spanWithin(node, start, end), path, false);
    } catch (error) {
      if (!AppError.is(error)) throw error;
      const position = Number(error.args.position ?? 1) - 1;
      const length = Number(error.args.length ?? text.length);
      this.errors.push({ ...error.toRecord(), at: rangeOfSpan(spanWithin(node, position, position + length)) });
    }
  }

  private add(column: string, span: Span, path: Path, isGuess: boolean): void {
    const dataset = datasetOf(this.tree, path);
    if (dataset !== undefined) this.mentions.push({ column, span, dataset, isGuess });
  }
}

/** Keys that are columns: declared ones, and features that take the column of their own name. */
function namesColumn(path: Path, { value }: MappingEntry): boolean {
  const [section, , group] = path;
  if (path.length !== 3) return false;
  if (section === 'datasets') return group === 'columns';
  return section === 'features' && (group === 'numeric' || group === 'categorical') && entryOf(value, 'value') === undefined;
}

/** A piece of a scalar's text; the whole scalar where quotes or folded lines hide it. */
function spanWithin(node: ScalarNode, start: number, end: number): Span {
  const { source, start: first, end: last } = node.span;
  const written = source.text.slice(first, last);
  const text = String(node.value);
  const offset = written.startsWith('"') || written.startsWith("'") ? 1 : 0;
  return written.slice(offset, offset + text.length) === text
    ? { source, start: first + offset + start, end: first + offset + Math.max(end, start + 1) }
    : node.span;
}
