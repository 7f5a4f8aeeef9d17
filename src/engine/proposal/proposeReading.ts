/** How a data file is to be read: what its values ask to be said under `read:`, so that no value is read in two ways. */
import { t } from '../../base/localize.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import { readingOf, type FileReading } from '../data/profileFile.ts';
import { readKeys, type ReadingNote } from '../data/texts/readingNotes.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { isoFormat } from '../project/definitions/timeFormat.ts';

export interface ProposedReading {
  readonly read: ReadOptions;
  /** Formats of times that `read` does not say for all columns, by column. */
  readonly formats: ReadonlyMap<string, string>;
  /** Why, in sentences. */
  readonly reasons: readonly string[];
}

/** Numbers without their thousands show a missing value that no one saw before. */
const mostLooks = 3;

/**
 * @param options `read`: what is known already, which counts
 * @throws AppError `dataset.…` when the file cannot be read; CancelledError
 */
export async function proposeReading(
  path: string,
  options: { read?: ReadOptions | undefined; budget: Budget; signal?: AbortSignal | undefined },
): Promise<ProposedReading> {
  let read: ReadOptions = options.read ?? {};
  const reasons: string[] = [];
  let reading = await readingOf(path, { ...options, read });
  for (let look = 0; look < mostLooks; look++) {
    const wider = widen(read, reading.notes);
    if (readKeys(wider) === readKeys(read)) break;
    reasons.push(...reasonsFor(reading.notes, wider));
    read = wider;
    reading = await readingOf(path, { ...options, read });
  }
  const times = timesOf(reading);
  const ambiguous = reading.notes.filter(({ kind }) => kind === 'ambiguous').map(({ message }) => message);
  return { read: { ...times.read, ...read }, formats: times.formats, reasons: [...reasons, ...ambiguous] };
}

/** What was said already, and what the notes ask for. Missing values go before what is written like numbers only beside them. */
function widen(read: ReadOptions, notes: readonly ReadingNote[]): ReadOptions {
  const asked = notes.filter(({ kind }) => kind === 'markers' || kind === 'numbers').map((note) => note.read);
  const list = (key: 'null_values' | 'symbols'): string[] => [...new Set([read, ...asked].flatMap((one) => one[key] ?? []))];
  const [nulls, symbols] = [list('null_values'), list('symbols')];
  const decimal = read.decimal ?? asked.find((one) => one.decimal !== undefined)?.decimal;
  const thousands = read.thousands ?? asked.find((one) => one.thousands !== undefined && one.thousands !== decimal)?.thousands;
  return {
    ...read,
    ...(nulls.length === 0 ? {} : { null_values: nulls }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(symbols.length === 0 ? {} : { symbols }),
  };
}

function reasonsFor(notes: readonly ReadingNote[], read: ReadOptions): string[] {
  const nulls = (read.null_values ?? []).flatMap((marker) => {
    const asking = notes.filter((note) => note.kind === 'markers' && note.read.null_values?.includes(marker) === true);
    if (asking.length === 0) return [];
    const levels = notes.filter((note) => note.kind === 'level' && note.read.null_values?.includes(marker) === true);
    const args = { marker, columns: names(asking), levels: names(levels) };
    return [
      levels.length === 0
        ? t('"{marker}" means a missing value: it stands among the values of {columns}.', args)
        : t('"{marker}" means a missing value: it stands among the values of {columns}. It is missing in {levels}, too.', args),
    ];
  });
  const numbers = notes.filter(({ kind }) => kind === 'numbers');
  const written = numbers.map(({ column, example }) =>
    t('"{column}" holds numbers written like "{example}".', { column, example: example?.trim() ?? '' }),
  );
  return [...nulls, ...written];
}

const namesShown = 5;

function names(notes: readonly ReadingNote[]): string {
  const shown = notes.slice(0, namesShown).map(({ column }) => `"${column}"`);
  return notes.length > namesShown
    ? t('{names} and {count} more', { names: shown.join(', '), count: notes.length - namesShown })
    : shown.join(', ');
}

/** One format of dates, and one of dates with times, is said for all columns; where columns differ, each says its own. */
function timesOf({ columns, formats }: FileReading): { read: ReadOptions; formats: ReadonlyMap<string, string> } {
  const written = columns.flatMap(({ name, type }) => {
    const format = formats.get(name);
    return type !== 'timestamp' || format === undefined || format === isoFormat ? [] : [{ name, format, isMoment: /%[HI]/.test(format) }];
  });
  const common = (isMoment: boolean): string | undefined => {
    const different = new Set(written.filter((one) => one.isMoment === isMoment).map(({ format }) => format));
    return different.size === 1 ? [...different][0] : undefined;
  };
  const [date, time] = [common(false), common(true)];
  const own = written.filter(({ format }) => format !== date && format !== time);
  return {
    read: { ...(date === undefined ? {} : { date_format: date }), ...(time === undefined ? {} : { time_format: time }) },
    formats: new Map(own.map(({ name, format }) => [name, format])),
  };
}
