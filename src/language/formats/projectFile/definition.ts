/** Where a name that stands at the caret is defined. */
import { pathToFileURL } from 'node:url';
import type { Location } from 'vscode-languageserver';
import type { Position } from 'vscode-languageserver-textdocument';
import type { ReferenceTarget } from '../../../engine/project/schema/projectSchema.ts';
import { parseReferences } from '../../../engine/project/values/references.ts';
import { positionAt, type Span } from '../../../engine/project/text/textSource.ts';
import { entryOf, keySpanAt, nodeAt, type Path, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
import { placeAt } from '../../text/place.ts';
import { rangeIn, schemasIn, type ProjectDocument } from './projectDocument.ts';

const sections: Partial<Record<ReferenceTarget, string>> = {
  dataset: 'datasets',
  features: 'features',
  stage: 'stages',
  model: 'stages',
  trainedModel: 'stages',
};

export function definition(project: ProjectDocument, position: Position): Location | undefined {
  const { tree } = project.parsed;
  const offset = project.document.offsetAt(position);
  const place = placeAt(tree, project.document.getText(), offset);
  if (place?.role !== 'value' || typeof place.node.value !== 'string') return undefined;
  const param = parameterAt(place.span, offset);
  if (param !== undefined) return locationOf(project, parameterSpan(entryOf(tree, 'params')?.value, param));
  for (const { refersTo } of schemasIn(tree, place.path)) {
    const section = refersTo === undefined ? undefined : sections[refersTo];
    const path: Path = section === undefined ? [] : [section, place.node.value];
    if (nodeAt(tree, path) !== undefined && path.length > 0) return locationOf(project, keySpanAt(tree, path));
  }
  return undefined;
}

/** The steps below `params` of the reference at an offset. */
function parameterAt(span: Span, offset: number): readonly string[] | undefined {
  for (const part of parseReferences(span.source.text.slice(span.start, span.end))) {
    if (part.kind === 'reference' && span.start + part.start <= offset && offset <= span.start + part.end) {
      const [root, ...steps] = part.name.split('.');
      return root === 'params' ? steps : undefined;
    }
  }
  return undefined;
}

function parameterSpan(params: TreeNode | undefined, steps: readonly string[]): Span | undefined {
  for (let length = steps.length; length > 0; length--) {
    const entry = entryOf(params, steps.slice(0, length).join('.'));
    if (entry !== undefined) return length === steps.length ? entry.keySpan : parameterSpan(entry.value, steps.slice(length));
  }
  return undefined;
}

/** In this document, or in the file of parameters. */
function locationOf(project: ProjectDocument, span: Span | undefined): Location | undefined {
  if (span?.source.kind !== 'file') return undefined;
  const own = rangeIn(project, span);
  if (own !== undefined) return { uri: project.document.uri, range: own };
  const [start, end] = [positionAt(span.source, span.start), positionAt(span.source, span.end)];
  return {
    uri: pathToFileURL(span.source.file).href,
    range: {
      start: { line: start.line - 1, character: start.column - 1 },
      end: { line: end.line - 1, character: end.column - 1 },
    },
  };
}
