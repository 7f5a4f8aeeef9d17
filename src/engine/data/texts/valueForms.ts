/** The forms that a text of a file can have, told apart by SQL in one pass: what type a column has follows from them. */
import { escapeForm, quoteText } from '../sql/sqlText.ts';

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

/** Texts that often stand for a missing value, in any capitals. */
const markers: readonly string[] = [
  ...['na', 'n/a', '<na>', '#n/a', '#na', 'null', 'none', 'nil', 'missing'],
  ...['?', '-', '--', '---', '.', '..', '*', '#null!', '#value!', '#div/0!', '#ref!', '-nan'],
];

const integerForm = '\\s*(-?(0|[1-9][0-9]{0,17})|\\+(0|[1-9][0-9]{0,5}))\\s*';
const decimalForm = '\\s*([+-]?([0-9]+\\.[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?[0-9]+[eE][+-][0-9]+|-[0-9]+[eE][0-9]+)\\s*';
/** What all numbers are made of. */
const numberSigns = '\\s*[-+.0-9eE]+\\s*';
const codedForm = '\\s*\\+?[0-9]+[eE][0-9]+\\s*';
const digitsForm = '\\s*[+-]?[0-9]+\\s*';
const paddedForm = '\\s*([+-]?0[0-9]+|\\+[0-9]{7,})\\s*';
const specials = ['nan', ...['', '+', '-'].flatMap((sign) => ['inf', 'infinity'].map((word) => sign + word))];

/** Blanks around a word included. */
const longestWord = 16;

/** Texts that begin with a year of four digits and a separator; DuckDB would take `10-11-12` for a day of the year 10. */
export const isoStart = '^\\s*[0-9]{4}[-/]';

/**
 * SQL of the form of a text; NULL for a missing value.
 * @param text the value
 * @param number the value with what does not belong to numbers taken away
 */
export function formSql(text: string, number: string): string {
  const is = (form: string): string => `regexp_full_match(${number}, ${quoteText(form)})`;
  const words: readonly (readonly [number, readonly string[]])[] = [
    [forms.boolean, ['true', 'false']],
    [forms.special, specials],
    [forms.marker, markers],
  ];
  // an IN of so many words would become a join of every row, whatever form it has
  const known = words.map(
    ([form, texts]) => `WHEN regexp_full_match(${text}, ${quoteText(`(?i)\\s*(?:${texts.map(escapeForm).join('|')})\\s*`)}) THEN ${form}`,
  );
  const rest = `CASE WHEN strlen(${text}) > ${longestWord} THEN ${forms.other} ${known.join(' ')} ELSE ${forms.other} END`;
  const iso = `regexp_matches(${text}, ${quoteText(isoStart)}) AND TRY_CAST(${text} AS TIMESTAMPTZ) IS NOT NULL`;
  const digits = `CASE WHEN ${is(paddedForm)} THEN ${forms.padded} WHEN TRY_CAST(${number} AS BIGINT) IS NULL THEN ${forms.long} ELSE ${forms.integer} END`;
  return `CAST(CASE WHEN ${text} IS NULL THEN NULL WHEN ${is(integerForm)} THEN ${forms.integer}
    WHEN ${is(decimalForm)} THEN ${forms.decimal}
    WHEN ${iso} THEN ${forms.iso}
    WHEN ${is(numberSigns)} THEN CASE WHEN ${is(codedForm)} THEN ${forms.coded} WHEN ${is(digitsForm)} THEN ${digits} ELSE ${rest} END
    ELSE ${rest} END AS USMALLINT)`;
}

/** Whether a text is a number whose value is all that it says. */
export function isNumberSql(number: string): string {
  return `regexp_full_match(${number}, ${quoteText(`${integerForm}|${decimalForm}`)})`;
}
