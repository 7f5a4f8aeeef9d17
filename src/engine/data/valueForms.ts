/** The forms that a text of a file can have, told apart by SQL in one pass: what type a column has follows from them. */
import { quoteText } from './sqlText.ts';

/** One bit for each form, so that a column's forms are one number. */
export const forms = {
  /** A whole number of 64 bits. */
  integer: 1,
  /** A number with a point, or with an exponent that has a sign. */
  decimal: 2,
  /** `2E10`: digits, E and digits, which may be a code. */
  coded: 4,
  /** `00123`, `+491701234567`: digits whose spelling says more than their value. */
  padded: 8,
  /** Digits beyond 64 bits. */
  long: 16,
  boolean: 32,
  iso: 64,
  /** `NA` and others that often stand for a missing value. */
  marker: 128,
  other: 256,
  /** Not a number, or infinite. */
  special: 512,
} as const;

export const numberForms = forms.integer | forms.decimal | forms.coded | forms.padded | forms.long | forms.special;

/** Texts that often stand for a missing value. */
export const markers: readonly string[] = [
  ...['NA', 'N/A', 'n/a', 'na', '<NA>', '#N/A', '#NA', 'null', 'NULL', 'Null', 'None', 'none', 'NONE', 'nil'],
  ...['?', '-', '--', '---', '.', '..', '*', 'missing', 'Missing', 'MISSING', '#NULL!', '#VALUE!', '#DIV/0!', '#REF!', '-nan', '-NaN'],
];

/** Not-a-number, as DuckDB reads it where it reads numbers. */
export const notANumber: readonly string[] = ['nan', 'NaN', 'NAN'];

const integerForm = '\\s*(-?(0|[1-9][0-9]{0,17})|\\+(0|[1-9][0-9]{0,5}))\\s*';
const decimalForm = '\\s*([+-]?([0-9]+\\.[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[0-9]+[eE][+-][0-9]+|-[0-9]+[eE][0-9]+)\\s*';
const codedForm = '\\s*\\+?[0-9]+[eE][0-9]+\\s*';
const digitsForm = '\\s*[+-]?[0-9]+\\s*';
const paddedForm = '\\s*([+-]?0[0-9]+|\\+[0-9]{7,})\\s*';
const specialForm = '\\s*(nan|[+-]?inf(inity)?)\\s*';

/** Texts that begin with a year of four digits and a separator; DuckDB would take `10-11-12` for a day of the year 10. */
export const isoStart = '^\\s*[0-9]{4}[-/]';

/**
 * SQL of the form of a text; NULL for a missing value.
 * @param text the value
 * @param number the value with what does not belong to numbers taken away
 */
export function formSql(text: string, number: string): string {
  const is = (form: string): string => `regexp_full_match(${number}, ${quoteText(form)})`;
  return `CAST(CASE WHEN ${text} IS NULL THEN NULL
    WHEN ${is(integerForm)} THEN ${forms.integer}
    WHEN ${is(decimalForm)} THEN ${forms.decimal}
    WHEN ${is(codedForm)} THEN ${forms.coded}
    WHEN ${is(digitsForm)} THEN
      CASE WHEN ${is(paddedForm)} THEN ${forms.padded} WHEN TRY_CAST(${number} AS BIGINT) IS NULL THEN ${forms.long} ELSE ${forms.integer} END
    WHEN regexp_full_match(${number}, ${quoteText(specialForm)}, 'i') THEN ${forms.special}
    WHEN lower(${text}) IN ('true', 'false') THEN ${forms.boolean}
    WHEN regexp_matches(${text}, ${quoteText(isoStart)}) AND TRY_CAST(${text} AS TIMESTAMPTZ) IS NOT NULL THEN ${forms.iso}
    WHEN trim(${text}) IN (${markers.map(quoteText).join(', ')}) THEN ${forms.marker}
    ELSE ${forms.other} END AS USMALLINT)`;
}

/** Whether a text is a number whose value is all that it says. */
export function isNumberSql(number: string): string {
  return `regexp_full_match(${number}, ${quoteText(`${integerForm}|${decimalForm}`)})`;
}
