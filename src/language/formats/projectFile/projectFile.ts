/** The project file as a format of documents: its features over one parse, and the columns of its data sets. */
import type { CompletionItem, CompletionList, Diagnostic } from 'vscode-languageserver';
import type { Position } from 'vscode-languageserver-textdocument';
import { columnsRequest } from '../../../protocol/contracts/languageContract.ts';
import { documentFormats } from '../../../protocol/tables/documentFormats.ts';
import type { CompletionEditor, Format, Host, Reading } from '../../languageFormat.ts';
import { findColumnMentions } from './columnReferences.ts';
import { ColumnSource } from './columnSource.ts';
import { complete, datasetNeededAt, mostProposals } from './completion.ts';
import { definition } from './definition.ts';
import { diagnose } from './diagnostics.ts';
import { hover } from './hover.ts';
import { readProjectDocument, type ProjectDocument } from './projectDocument.ts';
import { quickFixes } from './quickFixes.ts';
import { documentSymbols } from './symbols.ts';

export function projectFile({ env, ask }: Host): Format {
  const columns = new ColumnSource((params) => ask(columnsRequest, params));
  return {
    documents: documentFormats.projectFile,
    triggerCharacters: ['{', '.', ':', ' ', '[', ',', '@'],
    read: (document) => readingOf(readProjectDocument(document, env), columns),
    forget: () => {
      columns.forget();
    },
  };
}

function readingOf(project: ProjectDocument, columns: ColumnSource): Reading {
  return {
    diagnose: () => judgements(project, columns),
    complete: (position, editor) => completeWithColumns(project, columns, position, editor),
    hover: (position) => hover(project, position, columns.known(project)),
    define: (position) => definition(project, position),
    symbols: () => documentSymbols(project),
    fix: (diagnostics) => quickFixes(project.document, diagnostics),
  };
}

/** What is known at once, and again when the columns are. */
async function* judgements(project: ProjectDocument, columns: ColumnSource): AsyncIterable<Diagnostic[]> {
  yield diagnose(project, columns.known(project));
  await columns.load(
    project,
    findColumnMentions(project).mentions.map(({ dataset }) => dataset),
  );
  yield diagnose(project, columns.known(project));
}

async function completeWithColumns(
  project: ProjectDocument,
  columns: ColumnSource,
  position: Position,
  { snippets }: CompletionEditor,
): Promise<CompletionItem[] | CompletionList> {
  const dataset = datasetNeededAt(project, position);
  if (dataset !== undefined) await columns.load(project, [dataset]);
  const items = complete(project, position, { columns: columns.known(project), snippets });
  return items.length < mostProposals ? items : { isIncomplete: true, items };
}
