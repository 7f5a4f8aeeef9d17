/**
 * Calendar fields of timestamps as ONNX operators over int64 microseconds since 1970 UTC.
 * Days to year, month and day by Howard Hinnant's `civil_from_days` (howardhinnant.github.io/date_algorithms.html).
 */
import { int, type GraphBuilder, type TensorName } from '../onnx/graphBuilder.ts';

export type CalendarField = 'year' | 'month' | 'day' | 'dayofweek' | 'hour' | 'minute';

const microsPerMinute = 60_000_000n;
const microsPerHour = 60n * microsPerMinute;
const microsPerDay = 24n * microsPerHour;
const largestInt64 = 2n ** 63n - 1n;

/**
 * Microseconds since 1970 of an ISO 8601 text, taken as UTC as DuckDB takes a text compared with a TIMESTAMP.
 * @returns undefined for any other text, and for a day that no month has
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?:\.(\d{1,6}))?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', time = '00:00', fraction = ''] = match;
  const ms = Date.parse(`${day}T${time}Z`);
  const isDay = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
  return isDay ? BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0')) : undefined;
}

/** Bool tensor: missing, or one of DuckDB's infinities (which have no fields). */
function isTimeMissing(graph: GraphBuilder, time: TensorName): TensorName {
  const low = graph.node('LessOrEqual', [time, graph.int64(-largestInt64)]);
  return graph.node('Or', [low, graph.node('Equal', [time, graph.int64(largestInt64)])]);
}

/** A float64 tensor with the field of each timestamp, NaN where it is missing. */
export function calendarField(graph: GraphBuilder, field: CalendarField, time: TensorName): TensorName {
  const missing = isTimeMissing(graph, time);
  const present = graph.node('Where', [missing, graph.int64(0), time]);
  const value = graph.cast(fieldOf(graph, field, present), 'double');
  return graph.node('Where', [missing, graph.double(NaN), value]);
}

function fieldOf(graph: GraphBuilder, field: CalendarField, time: TensorName): TensorName {
  switch (field) {
    case 'hour':
      return divide(graph, floorMod(graph, time, microsPerDay), microsPerHour);
    case 'minute':
      return divide(graph, floorMod(graph, time, microsPerHour), microsPerMinute);
    case 'dayofweek':
      return floorMod(graph, plus(graph, floorDivide(graph, time, microsPerDay), 4n), 7n);
    default:
      return civilField(graph, field, floorDivide(graph, time, microsPerDay));
  }
}

function civilField(graph: GraphBuilder, field: 'year' | 'month' | 'day', days: TensorName): TensorName {
  const shifted = plus(graph, days, 719_468n);
  const era = floorDivide(graph, shifted, 146_097n);
  const dayOfEra = floorMod(graph, shifted, 146_097n);
  const leapless = graph.node('Sub', [
    graph.node('Add', [graph.node('Sub', [dayOfEra, divide(graph, dayOfEra, 1460n)]), divide(graph, dayOfEra, 36_524n)]),
    divide(graph, dayOfEra, 146_096n),
  ]);
  const yearOfEra = divide(graph, leapless, 365n);
  const daysBefore = graph.node('Sub', [
    graph.node('Add', [times(graph, yearOfEra, 365n), divide(graph, yearOfEra, 4n)]),
    divide(graph, yearOfEra, 100n),
  ]);
  const dayOfYear = graph.node('Sub', [dayOfEra, daysBefore]);
  const monthFromMarch = divide(graph, plus(graph, times(graph, dayOfYear, 5n), 2n), 153n);
  if (field === 'day') {
    const monthStart = divide(graph, plus(graph, times(graph, monthFromMarch, 153n), 2n), 5n);
    return plus(graph, graph.node('Sub', [dayOfYear, monthStart]), 1n);
  }
  const isBeforeMarch = graph.node('GreaterOrEqual', [monthFromMarch, graph.int64(10n)]);
  if (field === 'month') return plus(graph, monthFromMarch, 3n, graph.node('Where', [isBeforeMarch, graph.int64(-12n), graph.int64(0n)]));
  return plus(graph, times(graph, era, 400n), 0n, graph.node('Add', [yearOfEra, graph.cast(isBeforeMarch, 'int64')]));
}

function plus(graph: GraphBuilder, value: TensorName, constant: bigint, further?: TensorName): TensorName {
  const sum = constant === 0n ? value : graph.node('Add', [value, graph.int64(constant)]);
  return further === undefined ? sum : graph.node('Add', [sum, further]);
}

function times(graph: GraphBuilder, value: TensorName, factor: bigint): TensorName {
  return graph.node('Mul', [value, graph.int64(factor)]);
}

/** Truncating division, for values that are never negative. */
function divide(graph: GraphBuilder, value: TensorName, divisor: bigint): TensorName {
  return graph.node('Div', [value, graph.int64(divisor)]);
}

/** ONNX's `Mod` has the sign of the divisor. */
function floorMod(graph: GraphBuilder, value: TensorName, divisor: bigint): TensorName {
  return graph.node('Mod', [value, graph.int64(divisor)], { fmod: int(0) });
}

/** ONNX's `Div` truncates towards zero, so the remainder goes first. */
function floorDivide(graph: GraphBuilder, value: TensorName, divisor: bigint): TensorName {
  return divide(graph, graph.node('Sub', [value, floorMod(graph, value, divisor)]), divisor);
}
