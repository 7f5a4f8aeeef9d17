/** Changes a value in the text of a project file and leaves everything else as its author wrote it. Pure. */
import { isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../../base/canonicalJson.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { ProjectEdit, TextChange } from '../../protocol/repairs.ts';

type Keys = readonly string[];

/**
 * The change of the text that makes the edit. A value that must be made stands in the short form beside its neighbours.
 * @throws AppError `project.editByHand` where the place is an alias, a merge, or no mapping or list
 */
export function editProject(text: string, edit: ProjectEdit): TextChange {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0) throw byHand(edit);
  const path = edit.kind === 'nullValue' ? [...rootDataset(document, edit.dataset), 'read', 'null_values'] : edit.path;
  const change = edit.kind === 'set' ? setAt(document, text, path, edit.value) : appendAt(document, text, path, edit.value);
  if (change === undefined || parseDocument(applyChange(text, change)).errors.length > 0) throw byHand(edit);
  return change;
}

/** The text after the change. */
export function applyChange(text: string, { start, end, text: newText }: TextChange): string {
  return text.slice(0, start) + newText + text.slice(end);
}

/** How a file is read is said where its path is: at the end of the chain of `from`. */
function rootDataset(document: Document, name: string): Keys {
  const seen = new Set<string>();
  let root = name;
  for (;;) {
    const from = document.getIn(['datasets', root, 'from']);
    if (typeof from !== 'string' || seen.has(root)) return ['datasets', root];
    seen.add(root);
    root = from;
  }
}

function setAt(document: Document, text: string, path: Keys, value: Json): TextChange | undefined {
  const { node, rest } = deepest(document, path);
  if (rest.length === 0) return isScalar(node) ? replaced(node, inline(value)) : undefined;
  return isMap(node) ? inserted(node, text, rest, value) : undefined;
}

function appendAt(document: Document, text: string, path: Keys, value: Json): TextChange | undefined {
  const { node, rest } = deepest(document, path);
  if (rest.length > 0) return isMap(node) ? inserted(node, text, rest, [value]) : undefined;
  return isSeq(node) ? appended(node, text, value) : undefined;
}

/** The node that the path leads to, or the last one there is with the keys that are left. */
function deepest(document: Document, path: Keys): { readonly node: unknown; readonly rest: Keys } {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (node !== undefined) return { node, rest: path.slice(length) };
  }
  return { node: document.contents, rest: path };
}

function replaced(node: Node, text: string): TextChange | undefined {
  const [start, end] = node.range ?? [];
  return start === undefined || end === undefined ? undefined : { start, end, text };
}

/** A new entry of a mapping, after the last one. */
function inserted(map: YAMLMap, text: string, keys: Keys, value: Json): TextChange | undefined {
  const [key = '', ...inner] = keys;
  const entry = `${quoted(key)}: ${inline(inner.reduceRight<Json>((nested, name) => ({ [name]: nested }), value))}`;
  if (map.flow === true) return insertedInBraces(text, map.range?.[1] ?? 0, entry);
  const last = map.items.at(-1);
  const lastKey = (last?.key as Node | undefined)?.range ?? undefined;
  const lastValue = (last?.value as Node | null | undefined)?.range ?? undefined;
  return lastKey === undefined ? undefined : insertedInBlock(text, [lastKey[0], (lastValue ?? lastKey)[1]], entry);
}

/** Behind a comma. @param end of the mapping, behind its brace */
function insertedInBraces(text: string, end: number, entry: string): TextChange {
  const before = text.slice(0, end - 1).trimEnd();
  const [isEmpty, isClosed] = [before.endsWith('{'), before.endsWith(',')];
  return { start: before.length, end: before.length, text: `${isEmpty || isClosed ? '' : ','}${isEmpty ? '' : ' '}${entry}` };
}

/** On a line of its own, indented like the entry before. @param last where that begins and ends */
function insertedInBlock(text: string, [start, end]: readonly [number, number], entry: string): TextChange {
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const lineEnd = text.indexOf('\n', Math.max(start, text[end - 1] === '\n' ? end - 1 : end));
  const behind = lineEnd === -1 ? text.length : lineEnd;
  const at = text[behind - 1] === '\r' ? behind - 1 : behind;
  return { start: at, end: at, text: `${text.includes('\r\n') ? '\r\n' : '\n'}${indent}${entry}` };
}

function appended(list: YAMLSeq, text: string, value: Json): TextChange | undefined {
  const range = list.range ?? undefined;
  if (range === undefined) return undefined;
  if (list.flow === true) {
    const before = text.slice(0, range[1] - 1).trimEnd();
    const isFirst = before.endsWith('[');
    return {
      start: before.length,
      end: before.length,
      text: `${isFirst || before.endsWith(',') ? '' : ','}${isFirst ? '' : ' '}${inline(value)}`,
    };
  }
  const last = list.items.at(-1) as Node | undefined;
  const [start, end] = last?.range ?? [];
  if (start === undefined || end === undefined) return undefined;
  const dash = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*- $/.test(dash) ? { start: end, end, text: `\n${dash}${inline(value)}` } : undefined;
}

/** A value in YAML's short form. */
function inline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, member]) => `${quoted(key)}: ${inline(member ?? null)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Plain where YAML reads it back as the same text, also between braces; else in JSON's quotes, which YAML reads. */
function quoted(text: string): string {
  const isPlain = /^[A-Za-z_][\w./@-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function byHand(edit: ProjectEdit): AppError {
  const place = edit.kind === 'nullValue' ? `datasets.${edit.dataset}.read.null_values` : edit.path.join('.');
  return new AppError(
    'project.editByHand',
    t('{place} stands in millwright.yaml in a way that only its author should change.', { place }),
    {
      args: { place },
      remedy: t('Change it by hand.'),
    },
  );
}
