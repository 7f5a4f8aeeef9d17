/** How a text, or a number, becomes a moment by a format: SQL of the moment, and of whether the value fits. */
import { isoFormat } from '../../project/definitions/timeFormat.ts';
import { quoteText } from '../sql/sqlText.ts';
import { formOf } from './timeFormats.ts';
import { isoStart } from './valueForms.ts';

export interface TimeSql {
  /** A TIMESTAMP in UTC; NULL where the value does not fit. */
  readonly moment: string;
  /** Whether a value that is not missing fits. */
  readonly fits: string;
}

/** Microseconds of the units that numbers count since 1970. */
const units: Readonly<Record<string, number>> = { epoch_s: 1_000_000, epoch_ms: 1000 };
/** Beyond the year 9999, a count is of another unit. */
const lastSecond = 253_402_300_799;

/** @param text SQL of the value as text */
export function timeFromText(text: string, format: string): TimeSql {
  const unit = units[format];
  if (unit !== undefined) return timeFromNumber(`TRY_CAST(${text} AS DECIMAL(38, 6))`, unit);
  if (format === isoFormat) {
    // through TIMESTAMPTZ, because the cast to TIMESTAMP silently drops an offset such as +02:00
    const moment = `CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
    return { moment, fits: `regexp_matches(${text}, ${quoteText(isoStart)}) AND ${moment} IS NOT NULL` };
  }
  const moment = `CAST(try_strptime(${text}, ${quoteText(format)}) AS TIMESTAMP)`;
  return { moment, fits: `regexp_full_match(${text}, ${quoteText(formOf(format))}) AND ${moment} IS NOT NULL` };
}

function timeFromNumber(value: string, unit: number): TimeSql {
  const most = (lastSecond * 1_000_000) / unit;
  return {
    moment: `make_timestamp(CAST(round(CASE WHEN abs(${value}) <= ${most} THEN ${value} END * ${unit}) AS BIGINT))`,
    fits: `coalesce(abs(${value}) <= ${most}, false)`,
  };
}
