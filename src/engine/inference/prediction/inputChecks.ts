/** Which rows a model cannot be asked about, and why: against what it was trained on. Pure. */
import { t } from '../../../base/localize.ts';
import { missingTime, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import { formatInstant, lastInstant, parseInstant } from '../../data/rows/instants.ts';
import { otherFormat } from '../../data/texts/timeFormats.ts';
import type { ModelInput } from '../scoring/model.ts';

/** Reasons by row of the chunk, in the order of the columns. */
export type RowFaults = Map<number, string[]>;

/** Longer values are cut in a sentence. */
const longestValue = 60;

/**
 * Values that are not of their type, that are missing where none may be, or that lie outside of the range or the values
 * declared when the model was trained.
 */
export function findFaults(chunk: Chunk, inputs: readonly ModelInput[]): RowFaults {
  const faults: RowFaults = new Map();
  const known = new Map(inputs.map((input) => [input.name, input]));
  for (const [name, texts] of Object.entries(chunk.misfits ?? {})) addMisfits(faults, { name, input: known.get(name) }, texts);
  for (const input of inputs) {
    const vector = chunk.columns[input.name];
    if (vector !== undefined) checkColumn(input, vector, { faults, misfits: misfitsOf(chunk, input.name) });
  }
  return faults;
}

function misfitsOf({ misfits }: Chunk, name: string): readonly (string | null)[] | undefined {
  return misfits !== undefined && Object.hasOwn(misfits, name) ? misfits[name] : undefined;
}

export function addFault(faults: RowFaults, row: number, reason: string): void {
  const known = faults.get(row);
  if (known === undefined) faults.set(row, [reason]);
  else known.push(reason);
}

function addMisfits(
  faults: RowFaults,
  { name, input }: { name: string; input: ModelInput | undefined },
  texts: readonly (string | null)[],
): void {
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row] ?? null;
    if (text !== null) addFault(faults, row, misfitReason(name, input, text));
  }
}

function misfitReason(name: string, input: ModelInput | undefined, text: string): string {
  const args = { name, value: shortenValue(text), type: input?.type ?? '', format: input?.format ?? '' };
  if (input === undefined) return t('"{name}" is "{value}", not of its type', args);
  if (input.format === undefined) return t('"{name}" is "{value}", not of the type {type}', args);
  const other = otherFormat(text, input.format);
  return other === undefined
    ? t('"{name}" is "{value}", no time in the format {format} of the rows learned from', args)
    : t('"{name}" is "{value}", written as {other}; the rows learned from are written as {format}', { ...args, other });
}

interface Found {
  readonly faults: RowFaults;
  /** Values that have been reported already, and look missing. */
  readonly misfits: readonly (string | null)[] | undefined;
}

function checkColumn(input: ModelInput, vector: ColumnVector, { faults, misfits }: Found): void {
  const check = valueCheck(input, vector.kind);
  const mayMiss = input.nullable;
  if (check === undefined && mayMiss) return;
  const { values } = vector;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    if (value === null || value === missingTime || value !== value) {
      if (!mayMiss && (misfits?.[row] ?? null) === null) addFault(faults, row, t('"{name}" is missing', { name: input.name }));
      continue;
    }
    const reason = check?.(value);
    if (reason !== undefined) addFault(faults, row, reason);
  }
}

type ValueCheck = (value: number | bigint | string) => string | undefined;

/** @returns why a value that is there may not be; undefined where any may */
function valueCheck(input: ModelInput, kind: ColumnVector['kind']): ValueCheck | undefined {
  const checks = [...typeChecks(input, kind), ...rangeChecks(input, kind), ...valuesCheck(input, kind)];
  if (checks.length === 0) return undefined;
  return (value) => {
    for (const check of checks) {
      const reason = check(value);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** A column of numbers may hold what is no whole number, or no truth value, where the data declares it otherwise. */
function typeChecks({ name, type }: ModelInput, kind: ColumnVector['kind']): ValueCheck[] {
  if (kind !== 'number') return [];
  if (type === 'integer') {
    return [(value) => (Number.isInteger(value) ? undefined : t('"{name}" is {value}, not a whole number', { name, value: shown(value) }))];
  }
  if (type !== 'boolean') return [];
  return [(value) => (value === 0 || value === 1 ? undefined : t('"{name}" is {value}, not true or false', { name, value: shown(value) }))];
}

function rangeChecks({ name, min, max }: ModelInput, kind: ColumnVector['kind']): ValueCheck[] {
  const [least, most] = [toValue(min, kind), kind === 'time' && typeof max === 'string' ? lastInstant(max) : toValue(max, kind)];
  const below = (value: number | bigint | string): string =>
    t('"{name}" is {value}, below the smallest allowed, {min}', { name, value: shown(value), min: min ?? '' });
  const above = (value: number | bigint | string): string =>
    t('"{name}" is {value}, above the largest allowed, {max}', { name, value: shown(value), max: max ?? '' });
  return [
    ...(least === undefined ? [] : [(value: number | bigint | string) => (value < least ? below(value) : undefined)]),
    ...(most === undefined ? [] : [(value: number | bigint | string) => (value > most ? above(value) : undefined)]),
  ];
}

function valuesCheck({ name, values }: ModelInput, kind: ColumnVector['kind']): ValueCheck[] {
  if (values === undefined) return [];
  const allowed = new Set(values.map((value) => toValue(value, kind)));
  return [
    (value) =>
      allowed.has(value) ? undefined : t('"{name}" is "{value}", which is not among the values allowed', { name, value: shown(value) }),
  ];
}

/** A declared bound or value as it lies in a column of this kind; undefined where there is none, or none of this kind. */
function toValue(declared: number | string | boolean | undefined, kind: ColumnVector['kind']): number | bigint | string | undefined {
  if (declared === undefined) return undefined;
  if (kind === 'text') return String(declared);
  if (kind === 'number') return typeof declared === 'string' ? numberOf(declared) : Number(declared);
  return typeof declared === 'string' ? parseInstant(declared) : undefined;
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

function shown(value: number | bigint | string): string {
  return typeof value === 'bigint' ? formatInstant(value) : shortenValue(String(value));
}

/** A value as it stands in a sentence. */
export function shortenValue(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
