/** CSV files as a table: everything in them is text, and their values together say what it means. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { knownDelimiter } from '../../../protocol/tables/fileFormats.ts';
import { declaredTypeOf, readDefaults } from '../../project/definitions/dataset.ts';
import type { SurveyedColumn } from '../texts/columnReading.ts';
import { longestName, longestRecord, readCsvHead, type CsvHead, type CsvLayout } from './csvHead.ts';
import { fileFailure } from './fileFailure.ts';
import { shorten } from '../sql/sqlFailure.ts';
import { pathList, type Duckdb } from '../sql/duckdb.ts';
import { emptyFile, portablePath } from './locateFiles.ts';
import { plainCsv, type PlainCsv } from './plainCsv.ts';
import {
  asText,
  besideVerbatim,
  checkWidth,
  columnTypes,
  difference,
  filesDiffer,
  isSoughtTime,
  nameOnly,
  notesOf,
  readColumn,
  spell,
  survey,
  textual,
  verbatimColumns,
} from './sourceColumns.ts';
import type { SourceRequest, StoredColumn, TableSource } from './sourceColumns.ts';
import { quoteName, quoteText, quoteTexts } from '../sql/sqlText.ts';
import { findTruths } from '../texts/truthValues.ts';

export async function csvSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { read, files, declared } = request;
  const { delimiter, names, layouts } = await commonHead(request);
  checkWidth(request, names.length);
  const plain = await readablePlaces(duckdb, request, { delimiter, layouts });
  const parameters = [
    ...csvOptions(request, delimiter, plain),
    `header=${read.header ?? readDefaults.header}`,
    'auto_detect=false',
    'strict_mode=true',
  ];
  const nulls = read.null_values ?? [];
  const call = (paths: readonly string[], types: readonly StoredColumn[], missing = nulls): string =>
    `read_csv(${pathList(paths.map(plain.pathOf))}, hive_partitioning=false, ${parameters.join(', ')}, ` +
    `nullstr=${quoteTexts(['', ...missing])}, ${columnTypes(types)})`;
  const texts = names.map((name) => asText({ name, storedAs: 'VARCHAR' }));
  const from = call(files.paths, texts);
  const sought = names.filter((name) => declaredTypeOf(declared[name]) === undefined || isSoughtTime(name, request));
  const surveyed = sought.map((name): SurveyedColumn => ({ name, isTime: isSoughtTime(name, request), hasTypes: true }));
  const readings = await survey(duckdb, surveyed, { ...request, from, delimiter });
  const found = names.map((name) => readColumn(name, readings.get(name), request));
  const spelled = await spellTruths(duckdb, request, { found, from, delimiter });
  const verbatim = verbatimColumns(request, spelled, () => ({ storedAs: 'VARCHAR', isJson: false }));
  // What means a missing value is a text like others in a column that is copied: then it is taken for one in the others only.
  const columns = verbatim.size === 0 ? spelled : spelled.map(textual);
  const isMissing = (name: string): string => `CASE WHEN ${quoteName(name)} IN (${nulls.map(quoteText).join(', ')}) THEN NULL`;
  const read_ = nulls.length === 0 ? [] : names.map((name) => [name, `${isMissing(name)} ELSE ${quoteName(name)} END`] as const);
  const sqlOf = (paths: readonly string[]): string =>
    verbatim.size === 0 ? call(paths, columns) : besideVerbatim(call(paths, columns, []), verbatim, read_);
  return {
    sql: sqlOf(files.paths),
    sqlOf,
    plainSql: (path) => call([path], texts),
    columns,
    verbatim,
    notes: notesOf(readings),
    lenient: true,
    delimiter,
  };
}

/** Columns of truth values with their spelling; what spells them otherwise than "true" and "false" is text, unless it is declared. */
async function spellTruths(
  duckdb: Duckdb,
  request: SourceRequest,
  { found, from, delimiter }: { found: readonly StoredColumn[]; from: string; delimiter: string },
): Promise<StoredColumn[]> {
  const { declared, truths: wanted = [], signal } = request;
  const isDeclared = (name: string): boolean => declared[name]?.type !== undefined;
  const columns = found
    .filter(({ name, storedAs }) => (isDeclared(name) ? wanted.includes(name) : storedAs === 'BOOLEAN'))
    .map(({ name }) => name);
  try {
    const truths = await findTruths(duckdb, { from, columns, signal });
    return found.map((column) => {
      const spelling = truths.get(column.name);
      if (spelling === undefined) return column;
      return spelling.isPlain || isDeclared(column.name) ? { ...column, truthNames: spelling.names } : { ...column, storedAs: 'VARCHAR' };
    });
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: request.files.paths, delimiter });
  }
}

function csvOptions({ read }: SourceRequest, delimiter: string, { gzip, encoding }: PlainCsv): string[] {
  return [
    `delim=${quoteText(delimiter)}`,
    `quote='"'`,
    `escape='"'`,
    `compression=${gzip ? `'gzip'` : `'none'`}`,
    ...(read.decimal === undefined ? [] : [`decimal_separator=${quoteText(read.decimal)}`]),
    ...(encoding === 'utf-8' ? [] : [`encoding=${quoteText(encoding)}`]),
    `max_line_size=${longestRecord}`,
    `buffer_size=${2 * longestRecord}`, // else it would be sixteen times the longest line
  ];
}

/** What stands in each file besides its rows. */
type Layouts = ReadonlyMap<string, CsvLayout>;

async function commonHead(request: SourceRequest): Promise<{ delimiter: string; names: readonly string[]; layouts: Layouts }> {
  const { files, read } = request;
  const layouts = new Map<string, CsvLayout>();
  let first: CsvHead | undefined;
  for (const path of files.paths) {
    const head = await readCsvHead(path, {
      ...read,
      gzip: files.gzip,
      encoding: read.encoding ?? readDefaults.encoding,
      delimiter: read.delimiter ?? first?.delimiter ?? knownDelimiter(files.format),
    }).catch(async (error: unknown) => {
      throw await fileFailure(error, { ...request, paths: [path], delimiter: first?.delimiter });
    });
    requireNames(head.names, path, request);
    first ??= head;
    layouts.set(path, head.layout);
    const stored = (names: readonly string[]): StoredColumn[] => names.map((name) => nameOnly({ name, storedAs: '' }));
    if (spell(stored(head.names)) !== spell(stored(first.names))) {
      throw filesDiffer(request, path, difference(stored(first.names), stored(head.names)));
    }
  }
  return { delimiter: first?.delimiter ?? ',', names: first?.names ?? [], layouts };
}

/** Names are written into every statement, many times. */
function requireNames(names: readonly string[], path: string, { root, key }: SourceRequest): void {
  if (names.length === 0) throw emptyFile(portablePath(root, path), key);
  const long = names.find((name) => name.length > longestName);
  if (long === undefined) return;
  const args = { file: portablePath(root, path), most: formatCount(longestName), name: shorten(long.slice(0, 100)) };
  throw new AppError('dataset.longName', t('The first line of {file} holds a name of more than {most} characters: "{name}"', args), {
    args: { ...args, key },
    remedy: t('Check its delimiter and its quotes; where the file has no header, say "read: {header: false}".'),
  });
}

async function readablePlaces(
  { scratch }: Duckdb,
  request: SourceRequest,
  { delimiter, layouts }: { delimiter: string; layouts: Layouts },
): Promise<PlainCsv> {
  const { files, read, signal } = request;
  const { gzip } = files;
  try {
    const layedOut = Array.from(layouts, ([path, layout]) => ({ path, layout }));
    return await plainCsv(layedOut, { scratch, gzip, encoding: read.encoding ?? readDefaults.encoding, delimiter, signal });
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: files.paths, delimiter });
  }
}
