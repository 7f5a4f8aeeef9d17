/**
 * How the texts of a column are read: as which type and, for times, by which format; decided by all of its values, and the same
 * for every file of a data set. What a reader should know of the decision is a note. Pure.
 */
import type { ColumnType } from '../../../protocol/dataset.ts';
import type { ReadOptions } from '../../project/definitions/dataset.ts';
import { isoFormat } from '../../project/definitions/timeFormat.ts';
import { isPlain, numberOptionsLike, type NumberOptions } from './numberText.ts';
import {
  ambiguousNote,
  codesNote,
  levelNote,
  longNote,
  markersNote,
  mixedNote,
  numbersNote,
  strayNote,
  type ReadingNote,
} from './readingNotes.ts';
import { formatsLike, haveOneForm, readAlike } from './timeFormats.ts';
import { forms, numberForms } from './valueForms.ts';

export interface SurveyedColumn {
  readonly name: string;
  /** Whether it is declared a timestamp, so that only its format is to be found. */
  readonly isTime: boolean;
  /** Whether texts of digits are numbers, as in CSV, or stay texts, as texts of JSON do. */
  readonly hasTypes: boolean;
}

/** What forms the texts of a column have. */
export interface TextSurvey {
  readonly column: SurveyedColumn;
  /** Bits of {@link forms}. */
  readonly forms: number;
  /** The least and the greatest of the texts that have none of the other forms. */
  readonly others: readonly string[];
}

export interface FormCounts {
  /** Besides those that are not numbers or infinite. */
  readonly numbers: number;
  readonly special: number;
  readonly booleans: number;
  readonly iso: number;
  readonly others: number;
  /** The most frequent first. */
  readonly markers: readonly { readonly text: string; readonly count: number }[];
}

/** A way to read the texts of no other form: by any of some formats of times, or as numbers by some options. */
export type Trial =
  { readonly kind: 'formats'; readonly formats: readonly string[] } | { readonly kind: 'number'; readonly options: NumberOptions };

export interface CountedSurvey extends TextSurvey {
  /** Where forms are mixed. */
  readonly counts: FormCounts | undefined;
  readonly tried: readonly { readonly trial: Trial; readonly count: number }[];
}

export interface ColumnReading {
  /** DuckDB's type that the reader of the files gives the column. */
  readonly storedAs: string;
  readonly type: ColumnType;
  /** Of times: how their texts are written. */
  readonly format?: string | undefined;
  readonly notes: readonly ReadingNote[];
}

/** What the least and the greatest text could be. */
export function trialsOf({ column, others }: TextSurvey, read: ReadOptions): Trial[] {
  const formats = [...new Set(others.flatMap(formatsLike))];
  const options = column.hasTypes && !column.isTime ? others.flatMap((text) => numberOptionsLike(text, read)) : [];
  const different = new Map(options.map((one) => [JSON.stringify(one), one]));
  return [
    ...governed(formats, read).map((format): Trial => ({ kind: 'formats', formats: [format] })),
    ...[...different.values()].map((one): Trial => ({ kind: 'number', options: one })),
  ];
}

/** Every format that the least and the greatest text have the form of, to be tried together where no one reads all texts. */
export function allFormats({ others }: TextSurvey): Trial[] {
  const formats = [...new Set(others.flatMap(formatsLike))];
  return formats.length > 1 ? [{ kind: 'formats', formats }] : [];
}

/** Where a format is said that could be meant, the others are not chosen: values fit it, or are at fault. */
function governed(formats: readonly string[], { date_format: date, time_format: time }: ReadOptions): readonly string[] {
  for (const said of [time, date]) {
    if (said !== undefined && formats.some((format) => haveOneForm(format, said))) return [said];
  }
  const begun = date === undefined ? [] : formats.filter((format) => format.startsWith(date));
  return begun.length > 0 ? begun : formats;
}

export function decideReading(survey: CountedSurvey, read: ReadOptions): ColumnReading {
  const { column, forms: found } = survey;
  const times = timeReading(survey);
  if (column.isTime)
    return times ?? { storedAs: 'VARCHAR', type: 'timestamp', format: mostFitting(survey)?.format ?? isoFormat, notes: [] };
  if (times !== undefined) return times;
  if (!column.hasTypes || found === 0) return asText([]);
  return typedReading(survey, read) ?? asText(restNotes(survey));
}

function asText(notes: readonly ReadingNote[]): ColumnReading {
  return { storedAs: 'VARCHAR', type: 'text', notes };
}

/** The type of a column whose values all have one; undefined where some are texts. */
function typedReading({ column: { name }, forms: found }: TextSurvey, read: ReadOptions): ColumnReading | undefined {
  if (found === forms.boolean) return { storedAs: 'BOOLEAN', type: 'boolean', notes: [] };
  if ((found & ~numberForms) !== 0) return undefined;
  const has = (form: number): boolean => (found & form) !== 0;
  const isMeasured = has(forms.decimal) || has(forms.special);
  if (has(forms.padded)) return asText([]);
  if (has(forms.long) && !isMeasured) return asText([longNote(name)]);
  if (has(forms.coded) && !isMeasured) return asText([codesNote(name)]);
  const type = isMeasured ? 'number' : 'integer';
  return { storedAs: !isPlain(read) ? 'VARCHAR' : isMeasured ? 'DOUBLE' : 'BIGINT', type, notes: [] };
}

interface FittingFormat {
  readonly format: string;
  readonly count: number;
}

function fittingFormats({ tried, counts }: CountedSurvey): FittingFormat[] {
  const single = tried.flatMap(({ trial, count }) =>
    trial.kind === 'formats' && trial.formats.length === 1 ? trial.formats.map((format) => ({ format, count })) : [],
  );
  return counts === undefined || counts.iso === 0 ? single : [{ format: isoFormat, count: counts.iso }, ...single];
}

function mostFitting(survey: CountedSurvey): FittingFormat | undefined {
  const fitting = fittingFormats(survey).filter(({ count }) => count > 0);
  return fitting.toSorted((a, b) => b.count - a.count)[0];
}

/** Undefined for a column with values that are no times. */
function timeReading(survey: CountedSurvey): ColumnReading | undefined {
  const { column, forms: found, counts, tried } = survey;
  if (found === forms.iso) return { storedAs: 'VARCHAR', type: 'timestamp', format: isoFormat, notes: [] };
  if (counts === undefined || counts.numbers + counts.special + counts.booleans > 0 || counts.iso + counts.others === 0) return undefined;
  const total = counts.iso + counts.others;
  const fitting = fittingFormats(survey);
  const full = fitting.filter(({ count }) => count === total).map(({ format }) => format);
  const [format] = full;
  if (format === undefined) {
    const readable = counts.iso + Math.max(0, ...tried.filter(({ trial }) => trial.kind === 'formats').map(({ count }) => count));
    const best = mostFitting(survey) ?? fitting[0];
    if (readable < total || best === undefined) return undefined;
    const others = fitting.filter((one) => one !== best && one.count > 0).map((one) => one.format);
    return timesOrMarkers(survey, best.format, [mixedNote(column.name, { ...best, others, total })]);
  }
  const others = full.filter((other) => !readAlike(other, format));
  const notes = others.length === 0 ? [] : [ambiguousNote(column.name, { format, others, example: survey.others[0] ?? '', count: total })];
  return timesOrMarkers(survey, format, notes);
}

/** Times, unless texts such as `NA` stand among them: these are said, not swallowed. */
function timesOrMarkers({ column, counts }: CountedSurvey, format: string, notes: readonly ReadingNote[]): ColumnReading {
  const markers = counts?.markers ?? [];
  if (markers.length === 0 || column.isTime) return { storedAs: 'VARCHAR', type: 'timestamp', format, notes };
  return asText(column.hasTypes ? [markersNote(column.name, markers, 'timestamp'), ...notes] : notes);
}

/** Of a column that mostly holds values of a type, the rest is said to stand in the way of it. */
const mostly = 0.9;

/** What keeps a column of texts from being one of numbers, truth values or times. */
function restNotes({ counts, ...survey }: CountedSurvey): ReadingNote[] {
  if (counts === undefined) return [];
  const { column } = survey;
  const numbers = numberNotes({ ...survey, counts });
  if (numbers !== undefined) return numbers;
  const typed = counts.numbers + counts.iso + counts.others + counts.special;
  if (counts.booleans > 0 && typed === 0 && counts.markers.length > 0) return [markersNote(column.name, counts.markers, 'boolean')];
  return strayNotes({ ...survey, counts });
}

type Counted = CountedSurvey & { readonly counts: FormCounts };

/** Of a column of numbers, some of them written in a way that is not said, with texts for missing values among them. */
function numberNotes({ column, counts, tried, others }: Counted): ReadingNote[] | undefined {
  const { markers } = counts;
  const options = tried.find(({ trial, count }) => trial.kind === 'number' && count === counts.others && count > 0)?.trial;
  const isRead = counts.others === 0 || options !== undefined;
  if (counts.booleans + counts.iso > 0 || !isRead || counts.numbers + counts.others === 0) return undefined;
  const written = options?.kind === 'number' ? { options: options.options, count: counts.others, example: others[0] ?? '' } : undefined;
  return [
    ...(markers.length === 0 ? [] : [markersNote(column.name, markers, 'number')]),
    ...(written === undefined ? [] : [numbersNote(column.name, written)]),
  ];
}

/** Of a column that mostly holds values of one type: how many do not. */
function strayNotes(survey: Counted): ReadingNote[] {
  const { column, counts } = survey;
  const marked = counts.markers.reduce((sum, { count }) => sum + count, 0);
  const total = counts.numbers + counts.special + counts.booleans + counts.iso + counts.others + marked;
  const best = mostFitting(survey)?.count ?? 0;
  const [type, count] = counts.numbers >= best ? (['number', counts.numbers] as const) : (['timestamp', best] as const);
  if (count === 0 || count < mostly * total) return marked === 0 ? [] : [levelNote(column.name, counts.markers)];
  return [strayNote(column.name, { type, count: total - count, total, example: strayExample(survey) })];
}

function strayExample({ others, counts }: CountedSurvey): string {
  return others.findLast((text) => !/^[\s0-9]/.test(text)) ?? others.at(-1) ?? counts?.markers[0]?.text ?? '';
}
