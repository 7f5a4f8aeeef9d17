/** Holding values against a definition: every mismatch becomes a diagnostic that says what was found and what is legal. */
import type * as z from 'zod';
import { t } from '../../../base/localize.ts';
import { describeExpected, describeFound, describePath, listed } from '../schema/describeValue.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { nearestName } from '../text/nearestName.ts';
import { plannedAt } from '../schema/plannedKeys.ts';
import { legalKeys, schemasAt, type JsonSchema } from '../schema/projectSchema.ts';
import { synonymOf } from '../schema/synonyms.ts';
import type { Span } from '../text/textSource.ts';
import { entryOf, keySpanAt, nodeAt, toValue, type Path, type TreeNode } from '../text/yamlTree.ts';

type Issue = z.core.$ZodIssue;

/** What is being checked: the whole tree, and where in it the value lies. */
export interface ShapeContext {
  readonly root: TreeNode;
  readonly diagnostics: Diagnostics;
  readonly kindOfStage: (stage: string) => StageKind | undefined;
}

/** A file is read a few times in a process: compiling its definitions takes longer than what is won by it. */
const onceOnly = { reportInput: true, jitless: true };

/** The value at `path` as its definition has it, or undefined after diagnostics were added. */
export function checkShape<T>(definition: z.ZodType<T>, path: Path, context: ShapeContext): T | undefined {
  const node = nodeAt(context.root, path);
  if (node === undefined) return undefined;
  const value = toValue(node);
  const first = definition.safeParse(value, onceOnly);
  if (first.success) return first.data;
  const read = readEnvironmentText(value, node, first.error.issues);
  const second = read ? definition.safeParse(value, onceOnly) : first;
  if (second.success) return second.data;
  for (const issue of second.error.issues) addIssue(issue, path, context);
  return undefined;
}

/**
 * Values of the environment are always text; where a number or a truth value is wanted, they are read as one.
 * @returns whether `value` was changed
 */
function readEnvironmentText(value: unknown, node: TreeNode, issues: readonly Issue[]): boolean {
  let changed = false;
  for (const { path } of issues) {
    const steps = path.filter((step) => typeof step !== 'symbol');
    const at = nodeAt(node, steps);
    const last = steps.at(-1);
    if (at?.kind !== 'scalar' || at.fromEnvironment !== true || typeof at.value !== 'string' || last === undefined) continue;
    const owner = steps.slice(0, -1).reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], value);
    (owner as Record<string, unknown>)[last] = typed(at.value);
    changed = true;
  }
  return changed;
}

function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}

function addIssue(issue: Issue, base: Path, context: ShapeContext): void {
  context.diagnostics.spend();
  const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')];
  const at = nodeAt(context.root, path);
  if (at?.kind === 'scalar' && at.unresolved === true) return;
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        context.diagnostics.spend();
        addUnknownKey(key, path, context);
      }
      return;
    case 'invalid_key':
      addUnknownKey(String(path.at(-1)), path.slice(0, -1), context);
      return;
    case 'invalid_union':
      addUnionIssue(issue, path, context);
      return;
    case 'invalid_type':
      if (issue.input === undefined) addMissingKey(path, context);
      else addWrongValue(path, context);
      return;
    default:
      addWrongValue(path, context);
  }
}

/** Where a value has several forms, only the form that it was meant to have counts: the one that fits at the top. */
function addUnionIssue(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, context: ShapeContext): void {
  const meant = issue.errors.filter((branch) => branch.length > 0 && !branch.some(isAtTop));
  if (meant.length === 1) for (const inner of meant[0] ?? []) addIssue(inner, path, context);
  else addWrongValue(path, context);
}

function isAtTop(issue: Issue): boolean {
  return issue.path.length === 0;
}

function addUnknownKey(key: string, path: Path, context: ShapeContext): void {
  const { root, diagnostics, kindOfStage } = context;
  const span = keySpanAt(root, [...path, key]) ?? spanOf(path, context);
  const planned = plannedAt([...path, key]);
  if (planned !== undefined) {
    addNotYetSupported(describePath([...path, key]), planned, span, diagnostics);
    return;
  }
  const owner = nodeAt(root, path);
  const legal = legalKeys(schemasAt(path, kindOfStage));
  const free = legal.filter((other) => entryOf(owner, other) === undefined);
  const remedy = t('Legal keys: {legal}.', { legal: listed(legal) });
  const synonym = synonymOf(key, legal);
  if (synonym !== undefined) {
    const message = t('"{key}" is called "{nearest}" here.', { key, nearest: synonym });
    diagnostics.add('project.synonym', message, span, { args: { found: key, nearest: synonym }, remedy });
    return;
  }
  const nearest = nearestName(key, free);
  const args = { found: key, ...(nearest === undefined ? {} : { nearest }) };
  const place = describePath(path);
  const message =
    nearest === undefined
      ? t('"{key}" is not a key of {place}.', { key, place })
      : t('"{key}" is not a key of {place}. Did you mean "{nearest}"?', { key, place, nearest });
  diagnostics.add('project.unknownKey', message, span, { args, remedy });
}

export function addNotYetSupported(what: string, words: string, span: Span, diagnostics: Diagnostics): void {
  diagnostics.add('project.notYetSupported', t('"{key}" is not yet supported: {words}.', { key: what, words }), span, {
    args: { key: what },
    remedy: t('Leave it out for now.'),
  });
}

function addMissingKey(path: Path, context: ShapeContext): void {
  const owner = path.slice(0, -1);
  const key = String(path.at(-1));
  context.diagnostics.add(
    'project.missingKey',
    t('{place} needs the key "{key}".', { place: capitalized(describePath(owner)), key }),
    keySpanAt(context.root, owner) ?? firstLine(spanOf(owner, context)),
    { args: { key }, remedy: describeKey(path, context) },
  );
}

/** What the key is for, in the words of its definition. */
function describeKey(path: Path, context: ShapeContext): string {
  const description = schemasAt(path, context.kindOfStage)[0]?.description;
  return description === undefined ? t('Add it.') : t('Add it: {description}', { description });
}

function addWrongValue(path: Path, context: ShapeContext): void {
  const node = nodeAt(context.root, path);
  const schemas = schemasAt(path, context.kindOfStage);
  const choices = schemas.flatMap((schema) => schema.enum ?? (schema.const === undefined ? [] : [schema.const])).map(String);
  const text = node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
  const planned = plannedAt([...path, text ?? '']);
  if (planned !== undefined) {
    addNotYetSupported(text ?? '', planned, spanOf(path, context), context.diagnostics);
    return;
  }
  const synonym = text === undefined ? undefined : synonymOf(text, choices);
  const nearest = text === undefined ? undefined : (synonym ?? nearestName(text, choices));
  const expected = describeExpected(schemas);
  const words = { place: capitalized(describePath(path)), found: describeFound(node), expected };
  const span = spanOf(path, context);
  const args = { path: path.join('.'), found: text ?? words.found, expected };
  if (nearest === undefined) {
    const message = t('{place} is {found}, but must be {expected}.', words);
    const example = boundExample(node, schemas);
    if (example === undefined) context.diagnostics.add('project.wrongValue', message, span, { args });
    else {
      const remedy = t('Write {example}, or "max" for what must not be exceeded.', { example });
      context.diagnostics.add('project.wrongValue', message, span, { args: { ...args, replacement: example }, remedy });
    }
  } else {
    const message = t('{place} cannot be {found}. Did you mean "{nearest}"?', { ...words, nearest });
    const code = synonym === undefined ? 'project.wrongValue' : 'project.synonym';
    context.diagnostics.add(code, message, span, { args: { ...args, nearest }, remedy: t('Legal: {expected}.', { expected }) });
  }
}

/** What a bare number probably means where a mapping of bounds is wanted. */
function boundExample(node: TreeNode | undefined, schemas: readonly JsonSchema[]): string | undefined {
  const bound = schemas.find((schema) => schema.bound !== undefined)?.bound;
  return bound === undefined || node?.kind !== 'scalar' || typeof node.value !== 'number' ? undefined : `{${bound}: ${String(node.value)}}`;
}

function spanOf(path: Path, context: ShapeContext): Span {
  const node = nodeAt(context.root, path);
  if (node?.kind === 'scalar' && node.span.end > node.span.start) return node.span;
  return keySpanAt(context.root, path) ?? firstLine(node?.span ?? context.root.span);
}

/** A mapping or list without a key of its own is marked on its first line only. */
function firstLine(span: Span): Span {
  const [line = ''] = span.source.text.slice(span.start, span.end).split(/[\r\n]/, 1);
  return { ...span, end: span.start + line.length };
}

function capitalized(text: string): string {
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
