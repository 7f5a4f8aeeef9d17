/** What can be written at the caret: keys legal there, values, and names that the file and its data know. */
import { CompletionItemKind, InsertTextFormat, InsertTextMode, MarkupKind, type CompletionItem } from 'vscode-languageserver';
import type { Position } from 'vscode-languageserver-textdocument';
import { describeExpected } from '../../../engine/project/schema/describeValue.ts';
import { isForeignSetting } from '../../../engine/project/definitions/foreignSettings.ts';
import { alternatives, legalKeys, type JsonSchema } from '../../../engine/project/schema/projectSchema.ts';
import { kindAt } from '../../../engine/project/checks/stageKind.ts';
import { nodeAt, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
import { defaultTrainer, trainerNames } from '../../../protocol/tables/trainers.ts';
import { readCaret, type Caret } from '../../text/caret.ts';
import type { KnownColumns } from './columnSource.ts';
import { datasetOf, textIn } from './datasetOf.ts';
import { nameTemplates } from './nameTemplates.ts';
import { schemasIn, type ProjectDocument } from './projectDocument.ts';
import { withoutPlaceholders, escapeSnippet } from '../../text/snippet.ts';
import { referenceProposals, valueProposals, type Proposal } from './proposals.ts';

export interface CompletionOptions {
  readonly columns: KnownColumns;
  /** Whether the client can jump from placeholder to placeholder. */
  readonly snippets: boolean;
}

type KeyCaret = Extract<Caret, { role: 'key' }>;

/** So many are shown at once; with more letters typed, others are. */
export const mostProposals = 2000;

export function complete(project: ProjectDocument, position: Position, options: CompletionOptions): CompletionItem[] {
  const caret = caretAt(project, position);
  if (caret === undefined) return [];
  const typed = project.document.getText().slice(caret.start, project.document.offsetAt(position)).toLowerCase();
  const all = proposalsAt(caret, project, options.columns);
  const proposals =
    all.length > mostProposals ? all.filter(({ label }) => label.toLowerCase().includes(typed)).slice(0, mostProposals) : all;
  const range = { start: project.document.positionAt(caret.start), end: project.document.positionAt(caret.end) };
  return proposals.map((proposal, index) => toItem(proposal, { range, index, snippets: options.snippets }));
}

/** The data set whose columns a completion at this position needs; undefined where it needs none. */
export function datasetNeededAt(project: ProjectDocument, position: Position): string | undefined {
  const caret = caretAt(project, position);
  if (caret === undefined || caret.role === 'reference') return undefined;
  return datasetOf(caret.tree, caret.role === 'key' ? caret.parent : caret.path);
}

let lastRead: { readonly project: ProjectDocument; readonly offset: number; readonly caret: Caret | undefined } | undefined;

/** Read once for the two questions of one request: to find the caret's place the text is parsed anew. */
function caretAt(project: ProjectDocument, position: Position): Caret | undefined {
  const offset = project.document.offsetAt(position);
  if (lastRead?.project !== project || lastRead.offset !== offset) {
    lastRead = { project, offset, caret: readCaret(project.document.getText(), offset) };
  }
  return lastRead.caret;
}

function proposalsAt(caret: Caret, project: ProjectDocument, columns: KnownColumns): readonly Proposal[] {
  if (caret.role === 'reference') return referenceProposals(project);
  if (caret.role === 'key') return keyProposals(caret, columns);
  const schemas = schemasIn(caret.tree, caret.path);
  const values = valueProposals({ caret, schemas, columns });
  const isMappingWanted = caret.isWhole && schemas.some(({ type }) => type === 'object');
  const startsLine = /(^|[\r\n])[ \t]*$/.exec(project.document.getText().slice(0, caret.start)) !== null;
  if (!isMappingWanted || !startsLine) return values;
  const asKey: KeyCaret = { ...caret, role: 'key', parent: caret.path, siblings: [], hasColon: false, isFlow: false };
  return [...values, ...keyProposals(asKey, columns)];
}

function keyProposals(caret: KeyCaret, columns: KnownColumns): readonly Proposal[] {
  const schemas = schemasIn(caret.tree, caret.parent);
  const taken = new Set(caret.siblings);
  const required = new Set(schemas.length === 1 ? schemas[0]?.required : []);
  const keys = legalKeys(schemas).filter((key) => !taken.has(key) && !isForeign(key, caret));
  const isUndecidedStage = caret.parent.length === 2 && caret.parent[0] === 'stages' && !taken.has('uses') && !taken.has('run');
  const first = (key: string): number => (isUndecidedStage && (key === 'uses' || key === 'run') ? 0 : required.has(key) ? 1 : 2);
  const proposals = keys
    .sort((a, b) => first(a) - first(b))
    .map((key) => keyProposal(key, schemasIn(caret.tree, [...caret.parent, key]), caret));
  return [
    ...proposals,
    ...constrainable(caret, taken),
    ...columnKeys(caret, columns).filter(({ label }) => !taken.has(label)),
    ...nameTemplates(caret, taken),
  ];
}

/** Whether a setting of a train stage would do nothing with the trainer chosen there. */
function isForeign(key: string, { tree, parent }: KeyCaret): boolean {
  const [section, stage = '', group] = parent;
  const setting = group === 'params' && parent.length === 3 ? (['params', key] as const) : ([key] as const);
  if (section !== 'stages' || (setting.length === 1 && parent.length !== 2)) return false;
  const trainer = trainerNames.find((name) => name === (textIn(tree, ['stages', stage, 'trainer']) ?? defaultTrainer));
  return trainer !== undefined && kindAt(nodeAt(tree, ['stages', stage])) === 'train' && isForeignSetting(trainer, setting);
}

/** Numeric features as keys of `monotonic_cst`. */
function constrainable({ tree, parent }: KeyCaret, taken: ReadonlySet<string>): readonly Proposal[] {
  const [section, stage = '', , constraint] = parent;
  if (section !== 'stages' || parent.length !== 4 || constraint !== 'monotonic_cst') return [];
  const features = textIn(tree, ['stages', stage, 'features']);
  const node = features === undefined ? undefined : nodeAt(tree, ['features', features, 'numeric']);
  return namesOf(node)
    .filter((name) => !taken.has(name))
    .map((label) => ({ label, kind: CompletionItemKind.Field, snippet: `${escapeSnippet(label)}: \${1|1,-1|}` }));
}

/** The items of a list of texts, or the keys of a mapping. */
function namesOf(node: TreeNode | undefined): readonly string[] {
  if (node?.kind === 'mapping') return node.entries.map(({ key }) => key);
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : []));
}

function keyProposal(key: string, schemas: readonly JsonSchema[], caret: KeyCaret): Proposal {
  return {
    label: key,
    kind: CompletionItemKind.Property,
    detail: describeExpected(schemas),
    description: schemas.find(({ description }) => description !== undefined)?.description,
    snippet: caret.hasColon ? escapeSnippet(key) : `${escapeSnippet(key)}:${valueSnippet(schemas, caret.isFlow)}`,
  };
}

/** The start of a value: a choice, brackets, or an indented line. */
function valueSnippet(schemas: readonly JsonSchema[], isFlow: boolean): string {
  const choices = alternatives({ anyOf: schemas }).flatMap((schema) => schema.enum ?? []);
  if (choices.length > 1 && choices.length === schemas.flatMap((schema) => schema.enum ?? [0]).length) {
    return ` \${1|${choices.map((choice) => String(choice).replace(/[,|\\]/g, '\\$&')).join(',')}|}`;
  }
  const [schema] = schemas;
  if (schemas.length > 1 || schema === undefined) return ' $0';
  if (schema.type === 'array') return ' [$0]';
  if (schema.type === 'boolean') return ' ${1|true,false|}';
  if (schema.type !== 'object') return ' $0';
  return isFlow ? ' {$0}' : '\n  $0';
}

/** Columns as keys: declared columns, and features with options. */
function columnKeys(caret: KeyCaret, columns: KnownColumns): readonly Proposal[] {
  const [section, , group] = caret.parent;
  const isColumns = section === 'datasets' && group === 'columns';
  const isFeatures = section === 'features' && (group === 'numeric' || group === 'categorical');
  const dataset = datasetOf(caret.tree, caret.parent);
  if (caret.parent.length !== 3 || !(isColumns || isFeatures) || dataset === undefined) return [];
  return (columns(dataset) ?? []).map(({ name, type }) => ({
    label: name,
    kind: CompletionItemKind.Field,
    detail: type,
    snippet: caret.hasColon ? escapeSnippet(name) : `${escapeSnippet(name)}: ${isColumns ? `{type: ${type}$0}` : '{$0}'}`,
  }));
}

interface ItemOptions {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly index: number;
  readonly snippets: boolean;
}

function toItem({ label, kind, detail, description, snippet }: Proposal, { range, index, snippets }: ItemOptions): CompletionItem {
  return {
    label,
    kind,
    sortText: String(index).padStart(4, '0'),
    insertTextMode: InsertTextMode.adjustIndentation,
    insertTextFormat: snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range, newText: snippets ? snippet : withoutPlaceholders(snippet) },
    ...(detail === undefined ? {} : { detail }),
    ...(description === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: description } }),
  };
}
