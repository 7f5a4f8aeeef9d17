/** How a project file names a way of writing dates and times: a few words, or strptime's signs. */
import * as z from 'zod';

/** ISO 8601 in its common spellings: how a column of times is read when nothing else is said or found. */
export const isoFormat = 'iso';

/** Whole or broken seconds, or thousandths of seconds, since 1970 UTC. */
export const epochFormats = ['epoch_s', 'epoch_ms'] as const;

/** Formats with a name of their own; all others are spelled with strptime's signs. */
const namedFormats: readonly string[] = [isoFormat, ...epochFormats];

/**
 * What strptime's signs read, as regular expressions. Stricter than DuckDB's own parser, which takes `24` for a year of four
 * digits and `2024031` for a whole date.
 */
export const timeSigns: Readonly<Record<string, string>> = {
  '%d': '[0-9]{1,2}',
  '%m': '[0-9]{1,2}',
  '%Y': '[0-9]{4}',
  '%y': '[0-9]{2}',
  '%b': '[A-Za-z]{3}',
  '%B': '[A-Za-z]{3,9}',
  '%a': '[A-Za-z]{3}',
  '%A': '[A-Za-z]{6,9}',
  '%j': '[0-9]{1,3}',
  '%H': '[0-9]{1,2}',
  '%I': '[0-9]{1,2}',
  '%M': '[0-9]{1,2}',
  '%S': '[0-9]{1,2}',
  '%f': '[0-9]{1,9}',
  '%p': '[AaPp][Mm]',
  '%z': '(?:Z|[+-][0-9]{2}:?(?:[0-9]{2})?)',
  '%%': '%',
};

/** Whether DuckDB can read times by it: every sign is known, and a year, a month and a day come of it. */
function isTimeFormat(format: string): boolean {
  if (namedFormats.includes(format)) return true;
  const used: readonly string[] = format.match(/%./g) ?? [];
  const has = (...any: readonly string[]): boolean => used.some((sign) => any.includes(sign));
  const isDay = has('%j') || (has('%m', '%b', '%B') && has('%d'));
  return used.every((sign) => Object.hasOwn(timeSigns, sign)) && has('%Y', '%y') && isDay && !format.replaceAll('%%', '').endsWith('%');
}

/** The formats that are offered in the editor. */
const commonFormats: Readonly<Record<'date' | 'time', readonly string[]>> = {
  date: [
    isoFormat,
    '%d/%m/%Y',
    '%m/%d/%Y',
    '%d.%m.%Y',
    '%d-%m-%Y',
    '%d-%b-%Y',
    '%b %d, %Y',
    '%d/%m/%y',
    '%m/%d/%y',
    '%Y%m%d',
    ...epochFormats,
  ],
  time: [isoFormat, '%d/%m/%Y %H:%M', '%m/%d/%Y %I:%M %p', '%d.%m.%Y %H:%M:%S', '%Y%m%dT%H%M%S', '%a %b %d %H:%M:%S %Y', ...epochFormats],
};

function timeFormat(examples: readonly string[]): z.ZodString {
  return z
    .string()
    .refine(isTimeFormat)
    .meta({ form: 'a format such as "%d/%m/%Y"', examples: [...examples] });
}

export const dateFormat = timeFormat(commonFormats.date);
export const momentFormat = timeFormat(commonFormats.time);
export const anyTimeFormat = timeFormat([...new Set([...commonFormats.date, ...commonFormats.time])]);
