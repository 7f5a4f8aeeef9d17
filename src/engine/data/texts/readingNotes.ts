/** What is said of how a column was read: where two readings were possible, or where a few values keep it from its type. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { ReadOptions } from '../../project/definitions/dataset.ts';
import type { NumberOptions } from './numberText.ts';

export interface ReadingNote {
  readonly kind: 'markers' | 'level' | 'numbers' | 'stray' | 'codes' | 'long' | 'ambiguous' | 'mixed';
  readonly column: string;
  /** The values it is about. */
  readonly count: number;
  /** One of them. */
  readonly example: string | undefined;
  /** A sentence for people. */
  readonly message: string;
  readonly remedy: string;
  /** What to say under `read:` for the other reading, or for the one that was taken. */
  readonly read: ReadOptions;
  /** The type that the column would have without these values. */
  readonly wouldBe?: 'number' | 'timestamp' | 'boolean';
}

interface Marker {
  readonly text: string;
  readonly count: number;
}

export function markersNote(column: string, markers: readonly Marker[], wouldBe: 'number' | 'timestamp' | 'boolean'): ReadingNote {
  const count = markers.reduce((sum, marker) => sum + marker.count, 0);
  const texts = markers.map(({ text }) => text);
  const kinds = { number: t('numbers'), timestamp: t('times'), boolean: t('truth values') };
  const args = { column, kinds: kinds[wouldBe], markers: quoted(texts), count: formatCount(count), key: readKeys({ null_values: texts }) };
  return {
    ...{ kind: 'markers', column, count, example: texts[0], read: { null_values: texts }, wouldBe },
    message: t('"{column}" is a text: beside {kinds} it holds {markers} in {count} rows, as if for missing values.', args),
    remedy: t('Write "read: {key}" in the data set, and they are missing; or declare the column as category.', args),
  };
}

/** A text column in which such a text is one of many: nothing to say of it, unless another column makes it mean a missing value. */
export function levelNote(column: string, markers: readonly Marker[]): ReadingNote {
  const texts = markers.map(({ text }) => text);
  const args = { column, markers: quoted(texts) };
  return {
    ...{
      kind: 'level',
      column,
      count: markers.reduce((sum, { count }) => sum + count, 0),
      example: texts[0],
      read: { null_values: texts },
    },
    message: t('"{column}" holds {markers} among its texts.', args),
    remedy: t('Name it under "read: null_values" if it means a missing value.'),
  };
}

/** @param example one of the texts that are numbers by the options only */
export function numbersNote(
  column: string,
  { options, count, example }: { options: NumberOptions; count: number; example: string },
): ReadingNote {
  const args = { column, example: example.trim(), count: formatCount(count), key: readKeys(options) };
  return {
    ...{ kind: 'numbers', column, count, example, read: options, wouldBe: 'number' },
    message: t('"{column}" is a text: {count} of its numbers are written like "{example}".', args),
    remedy: t('Write "read: {key}" in the data set, and they are numbers; or declare the column as category.', args),
  };
}

export function strayNote(
  column: string,
  { type, count, total, example }: { type: 'number' | 'timestamp'; count: number; total: number; example: string },
): ReadingNote {
  const args = {
    column,
    count: formatCount(count),
    total: formatCount(total),
    example,
    key: readKeys({ null_values: [example.trim()] }),
    type,
  };
  return {
    ...{ kind: 'stray', column, count, example, read: { null_values: [example.trim()] }, wouldBe: type },
    message:
      type === 'number'
        ? t('"{column}" is a text: {count} of {total} values are no numbers, for example "{example}".', args)
        : t('"{column}" is a text: {count} of {total} values are no times, for example "{example}".', args),
    remedy: t(
      'Correct them, write "read: {key}" if they mean missing values, or declare the column: type: {type} names each that does not fit.',
      args,
    ),
  };
}

export function codesNote(column: string): ReadingNote {
  return {
    ...{ kind: 'codes', column, count: 0, example: undefined, read: {} },
    message: t('"{column}" is a text: it holds values such as 2E10, which may be codes.', { column }),
    remedy: t('Declare it as number if they are numbers, or as category if they are codes.'),
  };
}

export function longNote(column: string): ReadingNote {
  return {
    ...{ kind: 'long', column, count: 0, example: undefined, read: {} },
    message: t('"{column}" is a text: it holds whole numbers of more than 64 bits, which no number could tell apart.', { column }),
    remedy: t('Declare it as category if they are names, or as number if they are quantities.'),
  };
}

export function ambiguousNote(
  column: string,
  { format, others, example, count }: { format: string; others: readonly string[]; example: string; count: number },
): ReadingNote {
  const key = /%[HI]/.test(format) ? 'time_format' : 'date_format';
  const args = { column, format, others: others.join(', '), example: example.trim(), key: readKeys({ [key]: format }) };
  return {
    ...{ kind: 'ambiguous', column, count, example, read: { [key]: format } },
    message: t('"{column}" is ambiguous: every value, such as "{example}", fits {format} and {others}. It is read as {format}.', args),
    remedy: t('Say which is meant: "read: {key}" in the data set, or "format:" of the column.', args),
  };
}

export function mixedNote(
  column: string,
  { format, count, others, total }: { format: string; count: number; others: readonly string[]; total: number },
): ReadingNote {
  const args = { column, format, count: formatCount(total - count), total: formatCount(total), others: others.join(', ') };
  return {
    ...{ kind: 'mixed', column, count: total - count, example: undefined, read: {} },
    message: t('"{column}" is written in several ways: {count} of {total} values are not {format}, but {others}.', args),
    remedy: t('Write them in one way, or say with "format:" of the column which is meant and correct the others.'),
  };
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ');
}

/** A text as it stands in a YAML list. */
function yamlText(text: string): string {
  return /^[A-Za-z][\w/]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text) ? text : JSON.stringify(text);
}

/** Options as they stand behind `read:`. */
export function readKeys(read: ReadOptions): string {
  const entries = Object.entries(read).filter(([, value]) => value !== undefined);
  const listed = (value: unknown): string =>
    Array.isArray(value) ? `[${value.map(listed).join(', ')}]` : typeof value === 'string' ? yamlText(value) : String(value);
  return `{${entries.map(([key, value]) => `${key}: ${listed(value)}`).join(', ')}}`;
}
