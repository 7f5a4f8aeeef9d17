/** What a key means, what a name stands for, what a reference is worth. */
import { MarkupKind, type Hover } from 'vscode-languageserver';
import type { Position } from 'vscode-languageserver-textdocument';
import { t } from '../../../base/localize.ts';
import { codeBlock, escapeMarkdown, inlineCode } from '../../../base/markdown.ts';
import type { Column, ColumnProfile } from '../../../protocol/dataset.ts';
import { findColumn } from '../../../engine/features/planFeatures.ts';
import { describeExpected } from '../../../engine/project/schema/describeValue.ts';
import type { JsonSchema } from '../../../engine/project/schema/projectSchema.ts';
import { projectSchema } from '../../../engine/project/schema/projectSchema.ts';
import { lookUp, parseReferences } from '../../../engine/project/values/references.ts';
import type { Span } from '../../../engine/project/text/textSource.ts';
import { kindAt } from '../../../engine/project/checks/stageKind.ts';
import { nodeAt, toValue, type Path } from '../../../engine/project/text/yamlTree.ts';
import { findColumnMentions } from './columnReferences.ts';
import type { KnownColumns } from './columnSource.ts';
import { placeAt, type Place } from '../../text/place.ts';
import { rangeIn, schemasIn, type ProjectDocument } from './projectDocument.ts';

export function hover(project: ProjectDocument, position: Position, columns: KnownColumns): Hover | undefined {
  const offset = project.document.offsetAt(position);
  const place = placeAt(project.parsed.tree, project.document.getText(), offset);
  if (place === undefined) return undefined;
  const reference = referenceWords(project, place, offset);
  const column = reference === undefined ? columnWords(project, offset, columns) : undefined;
  const words = reference ?? column?.words ?? placeWords(project, place);
  const range = rangeIn(project, column?.span ?? place.span);
  if (words === undefined || range === undefined) return undefined;
  return { contents: { kind: MarkupKind.Markdown, value: words }, range };
}

function placeWords(project: ProjectDocument, place: Place): string | undefined {
  const { tree } = project.parsed;
  const schemas = schemasIn(tree, place.path);
  if (place.role === 'key') return keyWords(project, place.path, schemas);
  const section = schemas.map(({ refersTo }) => refersTo).find((target) => target !== undefined);
  const name = typeof place.node.value === 'string' ? place.node.value : '';
  if (section === 'dataset') return namedWords(project, ['datasets', name]);
  if (section === 'features') return namedWords(project, ['features', name]);
  if (section === 'stage' || section === 'model' || section === 'trainedModel') return stageWords(project, name);
  if (place.path.length === 3 && place.path[2] === 'uses') return stageKindWords(name);
  return undefined;
}

function keyWords(project: ProjectDocument, path: Path, schemas: readonly JsonSchema[]): string | undefined {
  const [section, name] = path.map(String);
  if (path.length === 2 && name !== undefined) {
    if (section === 'stages') return stageWords(project, name);
    if (section === 'datasets' || section === 'features') return namedWords(project, [section, name]);
    return section === 'params' ? valueWords(`params.${name}`, toValueAt(project, path)) : undefined;
  }
  const description = schemas.find((schema) => schema.description !== undefined)?.description;
  if (description === undefined) return undefined;
  const owner = schemasIn(project.parsed.tree, path.slice(0, -1));
  const isRequired = owner.length === 1 && owner[0]?.required?.includes(String(path.at(-1))) === true;
  const expected = describeExpected(schemas);
  const kind = isRequired ? t('{expected}; required', { expected }) : expected;
  return `**${escapeMarkdown(String(path.at(-1)))}**: ${kind}\n\n${description}`;
}

function stageWords(project: ProjectDocument, name: string): string | undefined {
  const kind = kindAt(nodeAt(project.parsed.resolved, ['stages', name]));
  if (kind === undefined) return undefined;
  return `**${escapeMarkdown(name)}**: \`${kind}\`\n\n${projectSchema().stages[kind].description ?? ''}`;
}

function stageKindWords(kind: string): string | undefined {
  const { stages } = projectSchema();
  return Object.hasOwn(stages, kind) ? stages[kind as keyof typeof stages].description : undefined;
}

/** The definition as it is written. */
function namedWords(project: ProjectDocument, path: Path): string | undefined {
  const node = nodeAt(project.parsed.tree, path);
  if (node?.kind !== 'mapping' || node.span.source.text !== project.document.getText()) return undefined;
  const written = project.document.getText().slice(node.span.start, node.span.end).trimEnd();
  const indentation = project.document.positionAt(node.span.start).character;
  const lines = written.replace(new RegExp(`\\n {1,${String(Math.max(1, indentation))}}`, 'g'), '\n').split('\n');
  const shown = lines.length > 20 ? [...lines.slice(0, 20), '…'] : lines;
  return `**${escapeMarkdown(String(path.at(-1)))}**\n\n${codeBlock('yaml', shown.map((line) => shortened(line, 500)).join('\n'))}`;
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function toValueAt({ parsed }: ProjectDocument, path: Path): unknown {
  const node = nodeAt(parsed.resolved, path);
  return node === undefined ? undefined : toValue(node);
}

function referenceWords(project: ProjectDocument, { span }: Place, offset: number): string | undefined {
  const written = span.source.text.slice(span.start, span.end);
  for (const part of parseReferences(written)) {
    if (part.kind !== 'reference' || offset < span.start + part.start || offset > span.start + part.end) continue;
    const [root, ...steps] = part.name.split('.');
    if (root === 'env') {
      // The value itself may be a secret.
      const isSet = project.env[steps.join('.')] !== undefined;
      return isSet
        ? t('**{name}** is set in the environment.', { name: escapeMarkdown(part.name) })
        : t('**{name}** is not set here.', { name: escapeMarkdown(part.name) });
    }
    const { found, value } = lookUp(toValueAt(project, ['params']), steps);
    return root === 'params' && found ? valueWords(part.name, value) : undefined;
  }
  return undefined;
}

function valueWords(name: string, value: unknown): string {
  return `**${escapeMarkdown(name)}**\n\n${codeBlock('json', shortened(JSON.stringify(value, undefined, 2), 5000))}`;
}

function columnWords(project: ProjectDocument, offset: number, columns: KnownColumns): { words: string; span: Span } | undefined {
  const text = project.document.getText();
  const mention = findColumnMentions(project).mentions.find(
    ({ span }) => span.source.text === text && span.start <= offset && offset <= span.end,
  );
  const column = mention === undefined ? undefined : findColumn(mention.column, columns(mention.dataset) ?? []);
  if (mention === undefined || column === undefined) return undefined;
  const head = t('**{column}**: {type} (stored as {stored}), a column of "{dataset}"', {
    column: escapeMarkdown(column.name),
    type: column.type,
    stored: escapeMarkdown(column.storedAs),
    dataset: escapeMarkdown(mention.dataset),
  });
  return { words: [head, ...statistics(column)].join('\n\n'), span: mention.span };
}

function statistics(column: Column | ColumnProfile): string[] {
  if (!('missing' in column)) return [];
  const facts = [
    t('{count} missing', { count: column.missing }),
    column.distinctIsEstimate ? t('about {count} values', { count: column.distinct }) : t('{count} values', { count: column.distinct }),
    ...(column.min === undefined || column.max === undefined
      ? []
      : [t('from {min} to {max}', { min: plain(column.min), max: plain(column.max) })]),
    ...(column.mean === undefined ? [] : [t('mean {mean}', { mean: Number(column.mean.toPrecision(4)) })]),
  ];
  const top = column.top.slice(0, 5).map(({ value, count }) => `${inlineCode(value)} ${count}`);
  return [facts.join(', '), ...(top.length === 0 ? [] : [t('Most frequent: {top}', { top: top.join(', ') })])];
}

/** A number needs no escapes. */
function plain(value: unknown): string {
  return typeof value === 'number' ? String(value) : escapeMarkdown(String(value));
}
