/** Which formats of dates and times the texts of a column may be written in. Pure. */
import { isoFormat, timeSigns } from '../../project/definitions/timeFormat.ts';
import { escapeForm } from '../sql/sqlText.ts';
import { isoStart } from './valueForms.ts';

/** Signs of fixed width where no separator tells where a number ends. */
const fixedWidth: Readonly<Record<string, string>> = Object.fromEntries(
  ['%d', '%m', '%H', '%I', '%M', '%S'].map((sign) => [sign, '[0-9]{2}']),
);

/** A regular expression, for JavaScript as for DuckDB, of the whole texts that a strptime format reads. */
export function formOf(format: string): string {
  const parts = format.match(/%.|[^%]/gs) ?? [];
  const form = parts.map((part, index) => {
    const neighbours = [parts[index - 1], parts[index + 1]];
    const isPacked = neighbours.some((one) => one !== undefined && /^%[dmYyHIMSj]$/.test(one));
    return (isPacked ? fixedWidth[part] : undefined) ?? timeSigns[part] ?? escapeForm(part);
  });
  return `\\s*${form.join('')}\\s*`;
}

const separated = (separator: string, ...orders: readonly string[]): string[] =>
  orders.map((order) => order.replace(/(.)(?=.)/g, `$1${separator}%`).replace(/^/, '%'));

/** Formats of dates, the likelier reading before the others that the same texts may have. */
const dates: readonly string[] = [
  ...['/', '-', '.', ' '].flatMap((separator) => separated(separator, 'dmY', 'mdY')),
  ...['.', ' '].flatMap((separator) => separated(separator, 'Ymd')),
  ...['/', '-', '.', ' '].flatMap((separator) => separated(separator, 'dmy', 'mdy', 'ymd')),
  ...['-', ' ', '/', '.', ''].flatMap((separator) => separated(separator, 'dbY', 'dBY', 'dby')),
  ...['-', ' '].flatMap((separator) => separated(separator, 'bdY', 'BdY', 'Ybd')),
  ...['%b %d, %Y', '%B %d, %Y', '%d. %B %Y', '%d. %b %Y', '%a %d %b %Y', '%a, %d %b %Y', '%A, %d %B %Y', '%A, %B %d, %Y', '%a, %b %d, %Y'],
];

const clocks: readonly string[] = ['%H:%M', '%H:%M:%S', '%H:%M:%S.%f', '%I:%M %p', '%I:%M:%S %p', '%I:%M%p', '%I:%M:%S%p', '%I %p'];
const zones: readonly string[] = ['', '%z', ' %z', ' UTC', ' GMT'];

/** Moments whose parts stand in another order, or close together. */
const moments: readonly string[] = [
  ...['', ' UTC', ' GMT', ' %z'].map((zone) => `%a %b %d %H:%M:%S${zone} %Y`),
  ...['%d/%b/%Y:%H:%M:%S %z', '%d/%b/%Y:%H:%M:%S'],
  ...['%Y%m%dT%H%M%S', '%Y%m%dT%H%M', '%Y%m%d %H%M%S', '%Y%m%d %H:%M:%S', '%Y%m%d %H:%M', '%Y-%m-%dT%H%M%S'].flatMap((moment) =>
    ['', '%z'].map((zone) => moment + zone),
  ),
];

interface KnownForms {
  /** How a text begins that has the form of a date. */
  readonly dates: readonly { readonly format: string; readonly start: RegExp }[];
  readonly clocks: readonly { readonly format: string; readonly form: RegExp }[];
  readonly moments: readonly { readonly format: string; readonly form: RegExp }[];
}

let known: KnownForms | undefined;

function knownForms(): KnownForms {
  const inner = (format: string): string => formOf(format).slice(3, -3);
  const whole = (format: string): { format: string; form: RegExp } => ({ format, form: new RegExp(`^${inner(format)}$`) });
  return {
    dates: dates.map((format) => ({ format, start: new RegExp(`^${inner(format)}(?![0-9])`) })),
    clocks: [' ', 'T', ', '].flatMap((glue) => clocks.flatMap((clock) => zones.map((zone) => whole(`${glue}${clock}${zone}`)))),
    moments: moments.map(whole),
  };
}

/** The known formats whose texts have the form of this one, the likelier reading first. ISO 8601 is not among them. */
export function formatsLike(text: string): string[] {
  const bare = text.trim();
  if (bare.length > 60 || !/[0-9]/.test(bare) || !/^[\s\w:,./+-]*$/.test(bare)) return [];
  known ??= knownForms();
  const { clocks: times } = known;
  const begun = known.dates.flatMap(({ format, start }) => {
    const rest = bare.slice(start.exec(bare)?.[0].length ?? 0);
    if (rest === bare) return [];
    return rest === '' ? [format] : times.filter(({ form }) => form.test(rest)).map((time) => format + time.format);
  });
  return [...begun, ...known.moments.filter(({ form }) => form.test(bare)).map(({ format }) => format)];
}

/** Whether texts of one have the form of texts of the other, so that only their values can tell which is meant. */
export function haveOneForm(a: string, b: string): boolean {
  return formOf(a) === formOf(b);
}

/** Formats that read a text alike wherever both can: they differ in how long the names of months may be. */
export function readAlike(a: string, b: string): boolean {
  const common = (format: string): string => format.replaceAll('%B', '%b').replaceAll('%A', '%a');
  return common(a) === common(b);
}

/** The format that a text which does not fit another seems to have. */
export function otherFormat(text: string, format: string): string | undefined {
  if (format !== isoFormat && new RegExp(isoStart).test(text)) return isoFormat;
  return formatsLike(text).find((like) => like !== format && isOnTheCalendar(text, like));
}

/** Whether months and days that are numbers exist. */
function isOnTheCalendar(text: string, format: string): boolean {
  const numbers = text.match(/[0-9]+/g) ?? [];
  const signs: readonly string[] = format.match(/%[dmYyHIMSf]/g) ?? [];
  const valueOf = (sign: string): number => Number(numbers[signs.indexOf(sign)] ?? 1);
  return valueOf('%m') <= 12 && valueOf('%d') <= 31;
}
