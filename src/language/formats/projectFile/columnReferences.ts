/** Every mention of a column in a project file, with its place and the data set that should have it. */
import { AppError, type ErrorRecord } from '../../../base/errors.ts';
import { parseExpression } from '../../../engine/features/expression/parseExpression.ts';
import { columnsOf } from '../../../engine/features/expression/syntax.ts';
import { columnMentions } from './expressionColumns.ts';
import { childSchemas, type JsonSchema } from '../../../engine/project/schema/projectSchema.ts';
import { hasReference } from '../../../engine/project/values/references.ts';
import { rangeOfSpan, type Span } from '../../../engine/project/text/textSource.ts';
import { entryOf, type MappingEntry, type Path, type ScalarNode, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
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

/** Found once for each version of a text. */
const found = new WeakMap<ProjectDocument, ColumnMentions>();

/** Mentions in lists of columns, keys that name columns, feature expressions and SQL conditions. */
export function findColumnMentions(project: ProjectDocument): ColumnMentions {
  const known = found.get(project) ?? collect(project);
  found.set(project, known);
  return known;
}

function collect({ parsed }: ProjectDocument): ColumnMentions {
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
  /** The data set that the columns of a section's member belong to, by both names. */
  private readonly datasets = new Map<string, string | undefined>();

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
    if (targets.includes('condition') && text.length <= longestCondition) {
      const spanOf = spansWithin(node);
      for (const { name, start, end } of columnMentions(text)) this.add(name, spanOf(start, end), path, true);
    }
    if (targets.includes('expression')) this.expression(node, text, path);
  }

  private expression(node: ScalarNode, text: string, path: Path): void {
    const spanOf = spansWithin(node);
    try {
      const names = new Set(columnsOf(parseExpression(text)));
      for (const { name, start, end } of columnMentions(text, (word) => names.has(word))) this.add(name, spanOf(start, end), path, false);
    } catch (error) {
      if (!AppError.is(error)) throw error;
      const position = Number(error.args.position ?? 1) - 1;
      const length = Number(error.args.length ?? text.length);
      this.errors.push({ ...error.toRecord(), at: rangeOfSpan(spanOf(position, position + length)) });
    }
  }

  private add(column: string, span: Span, path: Path, isGuess: boolean): void {
    const key = JSON.stringify(path.slice(0, 2));
    if (!this.datasets.has(key)) this.datasets.set(key, datasetOf(this.tree, path));
    const dataset = this.datasets.get(key);
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

/** Of longer SQL nothing is guessed. */
const longestCondition = 20_000;

/** Pieces of a scalar's text; the whole scalar where quotes or folded lines hide them. */
function spansWithin(node: ScalarNode): (start: number, end: number) => Span {
  const { source, start: first, end: last } = node.span;
  const written = source.text.slice(first, last);
  const text = String(node.value);
  const offset = written.startsWith('"') || written.startsWith("'") ? 1 : 0;
  const isAsWritten = written.startsWith(text, offset);
  return (start, end) =>
    isAsWritten ? { source, start: first + offset + start, end: first + offset + Math.max(end, start + 1) } : node.span;
}
