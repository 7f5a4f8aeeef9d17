/** Values that can stand at a place: words of the definition, names of the file, columns of the data, references. */
import { CompletionItemKind } from 'vscode-languageserver';
import { truthNamesOf } from '../../../engine/data/statistics/classNames.ts';
import { functionNames } from '../../../engine/features/expression/syntax.ts';
import { projectSchema, type JsonSchema, type ReferenceTarget } from '../../../engine/project/schema/projectSchema.ts';
import { lookUp, paramNames } from '../../../engine/project/values/references.ts';
import { kindAt, usesNames } from '../../../engine/project/checks/stageKind.ts';
import { entryOf, nodeAt, toValue, type Path, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
import type { Column, ColumnProfile } from '../../../protocol/dataset.ts';
import type { Caret } from '../../text/caret.ts';
import type { KnownColumns } from './columnSource.ts';
import { datasetOf, keysOf, textIn } from './datasetOf.ts';
import { stagesWithModel } from './stagesWithModel.ts';
import type { ProjectDocument } from './projectDocument.ts';
import { escapeSnippet } from '../../text/snippet.ts';

export interface Proposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  readonly description?: string | undefined;
  readonly snippet: string;
}

export interface ValueContext {
  readonly caret: Extract<Caret, { role: 'value' }>;
  readonly schemas: readonly JsonSchema[];
  readonly columns: KnownColumns;
}

export function valueProposals(context: ValueContext): readonly Proposal[] {
  const { caret, schemas } = context;
  if (isUses(caret.path)) return caret.isWhole ? usesProposals() : [];
  const own = schemas.flatMap((schema) => [...words(schema, caret.isWhole), ...named(schema.refersTo, context)]);
  const items = schemas.flatMap((schema) =>
    schema.type === 'array' && schema.items !== undefined && caret.isWhole ? itemsOf(schema.items, context) : [],
  );
  const all = [...levels(context), ...own, ...items, ...baselines(caret)];
  return [...Map.groupBy(all, ({ label }) => label).values()].flatMap(([first]) => first ?? []);
}

function isUses(path: Path): boolean {
  return path.length === 3 && path[0] === 'stages' && path[2] === 'uses';
}

function usesProposals(): Proposal[] {
  const { stages } = projectSchema();
  return usesNames.map((name) => ({
    ...plain(name, CompletionItemKind.EnumMember),
    description: stages[name as keyof typeof stages].description,
  }));
}

function plain(label: string, kind: CompletionItemKind, detail?: string): Proposal {
  return { label, kind, detail, snippet: escapeSnippet(label) };
}

function words(schema: JsonSchema, isWhole: boolean): Proposal[] {
  if (!isWhole) return [];
  const choices = schema.type === 'boolean' ? [true, false] : (schema.enum ?? (schema.const === undefined ? [] : [schema.const]));
  const examples = (schema.examples ?? []).map((example) => quotedWhereNeeded(String(example)));
  return [...choices.map((choice) => plain(String(choice), CompletionItemKind.EnumMember)), ...examples];
}

/** Signs such as % cannot begin a plain text of YAML. */
function quotedWhereNeeded(text: string): Proposal {
  const isPlain = /^[A-Za-z]\w*$/.test(text) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(text);
  return { ...plain(text, CompletionItemKind.Value), snippet: escapeSnippet(isPlain ? text : JSON.stringify(text)) };
}

/** Where a list is wanted and none begun, its items come in brackets. */
function itemsOf(items: JsonSchema, context: ValueContext): Proposal[] {
  const inner = { ...context, schemas: items.anyOf ?? [items] };
  return valueProposals(inner).map((proposal) => ({ ...proposal, snippet: `[${proposal.snippet}$0]` }));
}

function named(target: ReferenceTarget | undefined, { caret, columns }: ValueContext): Proposal[] {
  const { tree, path, isWhole } = caret;
  const own = path[0] === 'stages' ? String(path[1]) : undefined;
  switch (target) {
    case undefined:
      return [];
    case 'dataset':
      return keysOf(tree, 'datasets')
        .filter((name) => path[0] !== 'datasets' || name !== path[1])
        .map((name) => plain(name, CompletionItemKind.Reference));
    case 'features':
      return keysOf(tree, 'features').map((name) => plain(name, CompletionItemKind.Reference));
    case 'stage':
      return keysOf(tree, 'stages')
        .filter((name) => name !== own)
        .map((name) => plain(name, CompletionItemKind.Reference, kindAt(nodeAt(tree, ['stages', name]))));
    case 'trainedModel':
      return stagesWithModel(tree).map((name) => plain(name, CompletionItemKind.Reference));
    case 'model':
      return [...stagesWithModel(tree), ...registeredModels(tree)].map((name) => plain(name, CompletionItemKind.Reference));
    case 'column':
      return isWhole ? columnProposals(datasetOf(tree, path), columns) : [];
    case 'expression':
      return [...columnProposals(datasetOf(tree, path), columns), ...functionProposals()];
    case 'condition':
      return columnProposals(datasetOf(tree, path), columns);
  }
}

/** Names with aliases that the file's own register stages give. */
function registeredModels(tree: TreeNode | undefined): readonly string[] {
  return keysOf(tree, 'stages').flatMap((stage) => {
    const name = textIn(tree, ['stages', stage, 'name']);
    const alias = textIn(tree, ['stages', stage, 'alias']);
    return kindAt(nodeAt(tree, ['stages', stage])) === 'register' && name !== undefined ? [`${name}@${alias ?? 'champion'}`] : [];
  });
}

function baselines({ path, tree, isWhole }: ValueContext['caret']): Proposal[] {
  const isBaseline = path.length === 3 && path[2] === 'baseline';
  const isBeats = path.length === 5 && path[2] === 'gate' && path[4] === 'beats';
  if (path[0] !== 'stages' || !isWhole || !(isBaseline || isBeats)) return [];
  return [...(isBaseline ? ['majority', 'mean'] : []), ...registeredModels(tree)].map((name) => plain(name, CompletionItemKind.EnumMember));
}

/** The values of the target's column where its positive class is wanted, as far as they are known. */
function levels({ caret: { tree, path, isWhole }, columns }: ValueContext): Proposal[] {
  const [section, features = '', target, key] = path;
  if (section !== 'features' || target !== 'target' || key !== 'positive' || !isWhole) return [];
  const name = textIn(tree, ['features', features, 'target', 'column']);
  const dataset = datasetOf(tree, path);
  const column = dataset === undefined ? undefined : columns(dataset)?.find((known) => known.name === name);
  return (column === undefined ? [] : valuesOf(column)).map((value) => ({
    ...plain(value, CompletionItemKind.EnumMember),
    snippet: escapeSnippet(JSON.stringify(value)),
  }));
}

function valuesOf(column: Column | ColumnProfile): readonly string[] {
  const top = 'missing' in column ? column.top.map(({ value }) => value) : [];
  return top.length > 0 ? top : (truthNamesOf(column) ?? []);
}

function columnProposals(dataset: string | undefined, columns: KnownColumns): Proposal[] {
  const known = dataset === undefined ? [] : (columns(dataset) ?? []);
  return known.map(({ name, type }) => plain(name, CompletionItemKind.Field, type));
}

function functionProposals(): Proposal[] {
  return functionNames.map((name) => ({ label: name, kind: CompletionItemKind.Function, snippet: `${name}($0)` }));
}

/** Lists and mappings may be of any size. */
function briefly(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Names for a reference; of the environment only the names are shown. */
export function referenceProposals({ parsed, env }: ProjectDocument): Proposal[] {
  const node = entryOf(parsed.resolved, 'params')?.value;
  const params = node === undefined ? {} : toValue(node);
  const own = paramNames(params).filter((name) => name !== 'params');
  return [
    ...own.map((name) => plain(name, CompletionItemKind.Variable, briefly(lookUp(params, name.split('.').slice(1)).value))),
    ...Object.keys(env)
      .sort()
      .map((name) => plain(`env.${name}`, CompletionItemKind.Constant)),
  ];
}
