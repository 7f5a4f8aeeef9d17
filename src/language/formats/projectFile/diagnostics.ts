/** What is wrong with a project file, as an editor shows it. Columns are judged where the data is known. */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { ErrorArguments, ErrorRecord } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import { listed } from '../../../engine/project/schema/describeValue.ts';
import { nearestName } from '../../../engine/project/text/nearestName.ts';
import { findColumnMentions, type ColumnMention } from './columnReferences.ts';
import type { KnownColumns } from './columnSource.ts';
import { rangeIn, toRange, type ProjectDocument } from './projectDocument.ts';

/** What a diagnostic carries for its quick fix. */
export interface DiagnosticData {
  readonly args: ErrorArguments;
}

const source = 'millwright';

export function diagnose(project: ProjectDocument, columns: KnownColumns): Diagnostic[] {
  const { mentions, errors } = findColumnMentions(project);
  return [
    ...[...project.parsed.diagnostics, ...errors].map((error) => toDiagnostic(error, project)),
    ...columnDiagnostics(mentions, project, columns),
  ];
}

function toDiagnostic(error: ErrorRecord, project: ProjectDocument): Diagnostic {
  const { message, remedy, code, args = {} } = error;
  const data: DiagnosticData = { args };
  return {
    range: rangeOf(error, project),
    // A variable may well be set where the pipeline runs, if not where the editor was started.
    severity: code === 'project.envNotSet' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
    source,
    code,
    message: remedy === undefined ? message : `${message}\n${remedy}`,
    data,
  };
}

/** A mistake in the file of parameters is shown where that file is named. */
function rangeOf({ at }: ErrorRecord, { parsed }: ProjectDocument): Diagnostic['range'] {
  const file = parsed.rangeOf([])?.file;
  const shown = at !== undefined && (file === undefined || at.file === file) ? at : parsed.paramsFile;
  return shown === undefined ? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } : toRange(shown);
}

/** More than anybody reads; the nearest name of each costs a comparison with every column. */
const maxColumnDiagnostics = 100;

function columnDiagnostics(mentions: readonly ColumnMention[], project: ProjectDocument, columns: KnownColumns): Diagnostic[] {
  const finders = new Map<string, (name: string) => boolean>();
  const found: Diagnostic[] = [];
  for (const mention of mentions) {
    const known = columns(mention.dataset);
    if (known === undefined) continue;
    const isColumn = finders.get(mention.dataset) ?? columnFinder(known);
    finders.set(mention.dataset, isColumn);
    if (!isColumn(mention.column)) found.push(...columnDiagnostic(mention, project, known));
    if (found.length >= maxColumnDiagnostics) break;
  }
  return found;
}

/** Whether `findColumn` would find a name, for thousands of names at once. */
function columnFinder(columns: readonly Column[]): (name: string) => boolean {
  const exact = new Set(columns.map(({ name }) => name));
  const folded = Map.groupBy(columns, ({ name }) => name.toLowerCase());
  return (name) => exact.has(name) || folded.get(name.toLowerCase())?.length === 1;
}

function columnDiagnostic(mention: ColumnMention, project: ProjectDocument, known: readonly Column[]): Diagnostic[] {
  const range = rangeIn(project, mention.span);
  if (range === undefined) return [];
  const names = known.map(({ name }) => name);
  const nearest = nearestName(mention.column, names);
  if (mention.isGuess && nearest === undefined) return [];
  const words = { column: mention.column, dataset: mention.dataset };
  const message =
    nearest === undefined
      ? t('The data set "{dataset}" has no column "{column}".', words)
      : t('The data set "{dataset}" has no column "{column}". Did you mean "{nearest}"?', { ...words, nearest });
  const data: DiagnosticData = { args: { found: mention.column, ...(nearest === undefined ? {} : { nearest }) } };
  return [
    {
      range,
      severity: mention.isGuess ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
      source,
      code: 'data.unknownColumn',
      message: `${message}\n${t('Its columns: {columns}.', { columns: listed(names) })}`,
      data,
    },
  ];
}
