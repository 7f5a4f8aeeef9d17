/** The outline of a project file: its sections, and what they define by name. */
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import { kindAt } from '../../../engine/project/checks/stageKind.ts';
import { nodeAt, type MappingEntry } from '../../../engine/project/text/yamlTree.ts';
import { rangeIn, type ProjectDocument } from './projectDocument.ts';

const kinds: Readonly<Record<string, SymbolKind>> = {
  datasets: SymbolKind.Array,
  features: SymbolKind.Struct,
  stages: SymbolKind.Function,
  params: SymbolKind.Variable,
};

export function documentSymbols(project: ProjectDocument): DocumentSymbol[] {
  return (project.parsed.tree?.entries ?? []).flatMap((entry) => {
    const kind = kinds[entry.key];
    const children = kind === undefined || entry.value.kind !== 'mapping' ? [] : entry.value.entries;
    return symbolOf(project, entry, {
      kind: SymbolKind.Namespace,
      detail: '',
      children: children.flatMap((child) =>
        symbolOf(project, child, { kind: kind ?? SymbolKind.Variable, detail: detailOf(project, entry, child), children: [] }),
      ),
    });
  });
}

function detailOf({ parsed }: ProjectDocument, section: MappingEntry, { key }: MappingEntry): string {
  return section.key === 'stages' ? (kindAt(nodeAt(parsed.resolved, ['stages', key])) ?? '') : '';
}

function symbolOf(
  project: ProjectDocument,
  { key, keySpan, value }: MappingEntry,
  own: { kind: SymbolKind; detail: string; children: DocumentSymbol[] },
): DocumentSymbol[] {
  const selectionRange = rangeIn(project, keySpan);
  if (selectionRange === undefined) return []; // from the file of parameters
  const end = value.span.source === keySpan.source ? Math.max(keySpan.end, endOf(value.span.source.text, value.span.end)) : keySpan.end;
  const range = rangeIn(project, { ...keySpan, end }) ?? selectionRange;
  return [{ name: key === '' ? '""' : key, range, selectionRange, ...own }];
}

/** Block mappings reach to the start of the next line; their last character is on the line before. */
function endOf(text: string, end: number): number {
  let last = end;
  while (last > 0 && /\s/.test(text[last - 1] ?? '')) last--;
  return last;
}
