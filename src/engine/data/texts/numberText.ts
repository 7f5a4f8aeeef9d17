/** Numbers as texts of a file: what a file says of their decimals, thousands and signs, taken away before SQL reads them. */
import { readDefaults, type ReadOptions } from '../../project/definitions/dataset.ts';
import { escapeForm, quoteText } from '../sql/sqlText.ts';

export type NumberOptions = Pick<ReadOptions, 'decimal' | 'thousands' | 'symbols'>;

/** Whether numbers have to be put right before SQL, or DuckDB's CSV reader, takes them for numbers. */
export function isPlain({ thousands, symbols = [] }: NumberOptions): boolean {
  return thousands === undefined && symbols.length === 0;
}

/**
 * The text of a number as SQL writes it. A text that is no number by these options stays none: `1.5` with decimal commas.
 * @param value SQL of the text
 */
export function numberText(value: string, { decimal = readDefaults.decimal, thousands, symbols = [] }: NumberOptions): string {
  const bare = symbols.length === 0 ? value : withoutSymbols(value, symbols);
  const whole = thousands === undefined ? bare : withoutThousands(bare, thousands, decimal);
  return decimal === '.' ? whole : `CASE WHEN strpos(${whole}, '.') > 0 THEN '?' ELSE replace(${whole}, ${quoteText(decimal)}, '.') END`;
}

/** A sign before or behind the number goes, with the blanks around it; the number's own sign stays. */
function withoutSymbols(value: string, symbols: readonly string[]): string {
  const any = symbols.map(escapeForm).join('|');
  const before = `^\\s*([+-]?)\\s*(?:(?:${any})\\s*)?([+-]?)(.*?)(?:\\s*(?:${any}))?\\s*$`;
  return `regexp_replace(${value}, ${quoteText(before)}, '\\1\\2\\3')`;
}

function withoutThousands(value: string, thousands: string, decimal: string): string {
  const form = `\\s*${groupedForm(thousands, decimal)}\\s*`;
  return `CASE WHEN regexp_full_match(${value}, ${quoteText(form)}) THEN replace(${value}, ${quoteText(thousands)}, '') ELSE ${value} END`;
}

/** A regular expression of numbers with groups of three digits. */
function groupedForm(thousands: string, decimal: string): string {
  return `[+-]?[0-9]{1,3}(?:${escapeForm(thousands)}[0-9]{3})+(?:${escapeForm(decimal)}[0-9]*)?`;
}

/** Currencies and per cents, as they stand before or behind numbers. */
const knownSymbols = ['%', '$', '€', '£', '¥', '₹', 'USD', 'EUR', 'GBP', 'CHF'];

/** What says least goes first. */
const groupings: readonly NumberOptions[] = [
  { thousands: ',' },
  { decimal: ',' },
  { thousands: '.', decimal: ',' },
  { thousands: ' ', decimal: ',' },
  { thousands: ' ' },
  { thousands: "'" },
];

/** What could be said of a column's numbers for this text to be one; nothing where it is one, or can never be. */
export function numberOptionsLike(text: string, said: NumberOptions): NumberOptions[] {
  const any = knownSymbols.map(escapeForm).join('|');
  const parts = new RegExp(`^\\s*[+-]?\\s*(${any})?\\s*[+-]?([0-9][0-9.,' ]*?|[.,][0-9]+)\\s*(${any})?\\s*$`).exec(text);
  if (parts === null) return [];
  const [, before, number = '', behind] = parts;
  const symbols = [before, behind].filter((symbol) => symbol !== undefined);
  const signs: NumberOptions = symbols.length === 0 ? {} : { symbols: [...new Set([...(said.symbols ?? []), ...symbols])] };
  const isSaid = (options: NumberOptions): boolean =>
    (options.decimal === undefined || said.decimal === undefined || said.decimal === options.decimal) &&
    (options.thousands === undefined || said.thousands === undefined || said.thousands === options.thousands);
  const written = [...(symbols.length === 0 ? [] : [{}]), ...groupings]
    .filter(isSaid)
    .filter((options) => isWritten(number, { ...said, ...options }));
  return written.map((options) => ({ ...signs, ...options }));
}

function isWritten(number: string, { decimal = readDefaults.decimal, thousands }: NumberOptions): boolean {
  if (thousands === decimal) return false;
  const fraction = `(?:${escapeForm(decimal)}[0-9]*)?`;
  const plain = new RegExp(`^(?:[0-9]+${fraction}|${escapeForm(decimal)}[0-9]+)$`);
  return plain.test(number) || (thousands !== undefined && new RegExp(`^${groupedForm(thousands, decimal)}$`).test(number));
}
