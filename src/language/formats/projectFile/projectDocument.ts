/** A project file as it stands in an editor: its text, and what the parser made of it. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from 'vscode-languageserver';
import type { SourceRange } from '../../../base/errors.ts';
import { parseProjectText } from '../../../engine/project/loadProject.ts';
import type { ParsedProject } from '../../../engine/project/parseProject.ts';
import { schemasAt, type JsonSchema } from '../../../engine/project/schema/projectSchema.ts';
import { kindAt } from '../../../engine/project/checks/stageKind.ts';
import type { Span } from '../../../engine/project/text/textSource.ts';
import { entryOf, nodeAt, type Path, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
import type { Environment } from '../../languageFormat.ts';

export interface ProjectDocument {
  readonly document: TextDocument;
  /** The folder of the file; undefined for a text that is no file yet. */
  readonly root: string | undefined;
  readonly parsed: ParsedProject;
  readonly env: Environment;
}

export function readProjectDocument(document: TextDocument, env: Environment): ProjectDocument {
  const root = document.uri.startsWith('file:') ? dirname(fileURLToPath(document.uri)) : undefined;
  return { document, root, env, parsed: parseProjectText(document.getText(), root ?? '/', { env }) };
}

/** Names that the user chose under a section, in the order of the file. */
export function namesIn({ parsed }: ProjectDocument, section: 'datasets' | 'features' | 'stages'): readonly string[] {
  const node = entryOf(parsed.tree, section)?.value;
  return node?.kind === 'mapping' ? node.entries.map(({ key }) => key) : [];
}

/** The definitions of the value at a path of a tree, which tells the kinds of stages. */
export function schemasIn(tree: TreeNode | undefined, path: Path): readonly JsonSchema[] {
  return schemasAt(path, (stage) => kindAt(nodeAt(tree, ['stages', stage])));
}

/** Lines and columns from 1 as lines and characters from 0. */
export function toRange(at: SourceRange): Range {
  return {
    start: { line: at.line - 1, character: at.column - 1 },
    end: { line: at.endLine - 1, character: at.endColumn - 1 },
  };
}

/** The range of a span in this document; undefined for one in another file. */
export function rangeIn({ document }: ProjectDocument, span: Span): Range | undefined {
  if (span.source.kind !== 'file' || span.source.text !== document.getText()) return undefined;
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}
