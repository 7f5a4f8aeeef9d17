/** Looks at every text of a data set's files, of all files as one, and decides how each column is read. */
import type { ReadOptions } from '../../project/definitions/dataset.ts';
import { allFormats, decideReading, trialsOf } from './columnReading.ts';
import type { ColumnReading, CountedSurvey, FormCounts, SurveyedColumn, TextSurvey, Trial } from './columnReading.ts';
import type { Duckdb, SqlRow } from '../sql/duckdb.ts';
import { numberText } from './numberText.ts';
import { quoteName } from '../sql/sqlText.ts';
import { timeFromText } from './timeText.ts';
import { formSql, forms, isNumberSql, numberForms } from './valueForms.ts';

export interface SurveyRequest {
  /** For a FROM clause: every column as text. */
  readonly from: string;
  readonly read: ReadOptions;
  readonly signal: AbortSignal | undefined;
}

/** @returns by column; @throws what reading the files throws; CancelledError */
export async function surveyColumns(
  duckdb: Duckdb,
  columns: readonly SurveyedColumn[],
  request: SurveyRequest,
): Promise<ReadonlyMap<string, ColumnReading>> {
  const ask: Ask = async (some, aggregates) => aggregate(duckdb, some, { ...request, aggregates });
  const surveys = await surveyForms(columns, ask);
  const trials = new Map(surveys.map((survey) => [survey.column.name, trialsOf(survey, request.read)]));
  const mixed = surveys.filter((survey) => isMixed(survey, trials.get(survey.column.name) ?? [])).map(({ column }) => column);
  const counts = await countForms(mixed, ask);
  const tried = await countFits(columnsOf(mixed, trials), { trials, read: request.read, ask });
  const unread = surveys.filter(({ column: { name } }) => tried.has(name) && !isRead(counts.get(name), tried.get(name)));
  const unions = new Map(unread.map((survey) => [survey.column.name, allFormats(survey)]));
  const read = await countFits(columnsOf(mixed, unions), { trials: unions, read: request.read, ask });
  for (const [name, found] of read) tried.set(name, [...(tried.get(name) ?? []), ...found]);
  return new Map(
    surveys.map((survey) => {
      const { name } = survey.column;
      return [name, decideReading({ ...survey, counts: counts.get(name), tried: tried.get(name) ?? [] }, request.read)];
    }),
  );
}

/** Whether it matters how many values of each form there are: they are of several, or may be read as what they do not seem. */
function isMixed({ forms: found }: TextSurvey, trials: readonly Trial[]): boolean {
  const isTyped = (found & ~(forms.marker | forms.other)) !== 0;
  return (found & forms.marker) !== 0 || ((found & forms.other) !== 0 && (isTyped || trials.length > 0)) || (found & forms.special) !== 0;
}

type TrialsByColumn = ReadonlyMap<string, readonly Trial[]>;

function columnsOf(columns: readonly SurveyedColumn[], trials: TrialsByColumn): SurveyedColumn[] {
  return columns.filter(({ name }) => (trials.get(name) ?? []).length > 0);
}

/** Whether some trial reads all the texts that have no other form. */
function isRead(counts: FormCounts | undefined, tried: CountedSurvey['tried'] = []): boolean {
  return tried.some(({ count }) => count === counts?.others);
}

/** Aggregates over the texts `value` of a column whose forms are `form`, by the names of their results. */
type Aggregates = (column: string | undefined, form: string, value: string) => Readonly<Record<string, string>>;
/** The aggregates of each column, by its name. */
type Ask = (columns: readonly SurveyedColumn[], aggregates: Aggregates) => Promise<ReadonlyMap<string, SqlRow>>;

/** Of more columns, each becomes rows: a statement with so many expressions takes DuckDB longer to plan than to run. */
const mostSideBySide = 64;
/** A vector of every column is held at once, for every thread: of so many, some hundred megabytes at most. */
const mostAtOnce = 2000;

async function aggregate(
  duckdb: Duckdb,
  columns: readonly SurveyedColumn[],
  request: SurveyRequest & { readonly aggregates: Aggregates },
): Promise<ReadonlyMap<string, SqlRow>> {
  if (columns.length === 0) return new Map();
  if (columns.length > mostAtOnce) {
    const first = await aggregate(duckdb, columns.slice(0, mostAtOnce), request);
    return new Map([...first, ...(await aggregate(duckdb, columns.slice(mostAtOnce), request))]);
  }
  const { from, read, signal, aggregates } = request;
  const formOf = (text: string): string => formSql(text, numberText(text, read));
  if (columns.length > mostSideBySide) {
    const list = Object.entries(aggregates(undefined, 'form', 'value')).map(([name, sql]) => `${sql} AS ${quoteName(name)}`);
    const named = `SELECT ${columns.map(({ name }, index) => `${quoteName(name)} AS c${index}`).join(', ')} FROM ${from}`;
    const long = `UNPIVOT (${named}) ON COLUMNS(*) INTO NAME place VALUE value`;
    const rows = await duckdb.query(
      `SELECT place, ${list.join(', ')} FROM (SELECT place, value, ${formOf('value')} AS form FROM (${long})) GROUP BY place`,
      signal,
    );
    const byPlace = new Map(rows.map((row) => [row.place, row]));
    return new Map(columns.map(({ name }, index) => [name, byPlace.get(`c${index}`) ?? {}]));
  }
  const values = columns.map(({ name }, index) => `${quoteName(name)} AS v${index}, ${formOf(quoteName(name))} AS k${index}`);
  const lists = columns.map(({ name }, index) => Object.entries(aggregates(name, `k${index}`, `v${index}`)));
  const list = lists.flatMap((own, index) => own.map(([name, sql]) => `${sql} AS ${quoteName(`${index} ${name}`)}`));
  const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${from})`, signal);
  return new Map(
    columns.map(({ name }, index) => [name, Object.fromEntries((lists[index] ?? []).map(([key]) => [key, row[`${index} ${key}`]]))]),
  );
}

async function surveyForms(columns: readonly SurveyedColumn[], ask: Ask): Promise<TextSurvey[]> {
  const found = await ask(columns, (_, form, value) => ({
    forms: `bit_or(${form})`,
    least: `min(${value}) FILTER (${form} = ${forms.other})`,
    most: `max(${value}) FILTER (${form} = ${forms.other})`,
  }));
  return columns.map((column) => {
    const row = found.get(column.name);
    const ends = [row?.least, row?.most].filter((text) => typeof text === 'string');
    return { column, forms: Number(row?.forms ?? 0), others: [...new Set(ends)] };
  });
}

async function countForms(columns: readonly SurveyedColumn[], ask: Ask): Promise<ReadonlyMap<string, FormCounts>> {
  const found = await ask(columns, (_, form, value) => {
    const count = (mask: number): string => `CAST(count(*) FILTER (${form} & ${mask} <> 0) AS DOUBLE)`;
    return {
      numbers: count(numberForms & ~forms.special),
      special: count(forms.special),
      booleans: count(forms.boolean),
      iso: count(forms.iso),
      others: count(forms.other),
      markers: `histogram(trim(${value})) FILTER (${form} = ${forms.marker})`,
    };
  });
  return new Map(
    [...found].map(([name, row]) => {
      const { numbers = 0, special = 0, booleans = 0, iso = 0, others = 0 } = row as Readonly<Record<string, number | undefined>>;
      return [name, { numbers, special, booleans, iso, others, markers: markerCounts(row.markers) }];
    }),
  );
}

/** DuckDB gives a map as a list of its entries. */
function markerCounts(histogram: SqlRow[string]): FormCounts['markers'] {
  const entries = Array.isArray(histogram) ? (histogram as { key: unknown; value: unknown }[]) : [];
  return entries.map(({ key, value }) => ({ text: String(key), count: Number(value) })).sort((a, b) => b.count - a.count);
}

interface Trials {
  readonly trials: TrialsByColumn;
  readonly read: ReadOptions;
  readonly ask: Ask;
}

/** How many of the texts that have no other form each trial would read. */
async function countFits(columns: readonly SurveyedColumn[], { trials, read, ask }: Trials): Promise<Map<string, CountedSurvey['tried']>> {
  const different = new Map([...trials.values()].flat().map((trial) => [JSON.stringify(trial), trial]));
  const found = await ask(columns, (column, form, value) => {
    const own = column === undefined ? [...different.values()] : (trials.get(column) ?? []);
    const counts = own.map((trial): [string, string] => {
      const fits = `CASE WHEN ${form} = ${forms.other} THEN ${fitsTrial(trial, value, read)} ELSE false END`;
      return [JSON.stringify(trial), `CAST(count(*) FILTER (${fits}) AS DOUBLE)`];
    });
    return Object.fromEntries(counts);
  });
  const fits = (name: string): CountedSurvey['tried'] =>
    (trials.get(name) ?? []).map((trial) => ({ trial, count: Number(found.get(name)?.[JSON.stringify(trial)] ?? 0) }));
  return new Map(columns.map(({ name }) => [name, fits(name)]));
}

function fitsTrial(trial: Trial, value: string, read: ReadOptions): string {
  return trial.kind === 'formats'
    ? trial.formats.map((format) => `(${timeFromText(value, format).fits})`).join(' OR ')
    : isNumberSql(numberText(value, { ...read, ...trial.options }));
}
