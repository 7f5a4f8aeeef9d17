/** From figures to verdicts, in sentences for people. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { checkNames } from '../../../protocol/tables/dataChecks.ts';
import type { ValidationCheck, Verdict } from '../../../protocol/validation.ts';
import type { ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import { severityOf } from './validationLimits.ts';

/** The worst of the verdicts. */
export function worstVerdict(checks: readonly ValidationCheck[]): Verdict {
  if (checks.some((check) => check.verdict === 'failed')) return 'failed';
  return checks.some((check) => check.verdict === 'warned') ? 'warned' : 'passed';
}

/** A measurement that is to be held against its limit. */
export interface Measurement extends Pick<ValidationCheck, 'check' | 'unit' | 'figure' | 'limit'> {
  readonly column?: string;
  /** Default: `max`. */
  readonly bound?: ValidationCheck['bound'];
  readonly count?: number;
  readonly expected?: string | undefined;
  readonly example?: string | undefined;
  /** The sentence for either outcome. */
  readonly passed: string;
  readonly broken: string;
}

/** Holds a measurement against its limit; one without a figure does not pass. */
export function judge(stage: ValidateStage, { passed, broken, ...measured }: Measurement): ValidationCheck {
  const { check, unit, figure, limit, bound = 'max', column, count, expected, example } = measured;
  const holds = figure !== undefined && (bound === 'max' ? figure <= limit : figure >= limit);
  const severity = severityOf(stage, check);
  const verdict = holds ? 'passed' : severity === 'error' ? 'failed' : 'warned';
  return { check, column, verdict, severity, unit, figure, limit, bound, count, expected, example, message: holds ? passed : broken };
}

/** In the order of the report. */
export function inOrder(checks: readonly ValidationCheck[]): ValidationCheck[] {
  const place = new Map(checkNames.map((name, index) => [name, index]));
  return checks.toSorted((a, b) => (place.get(a.check) ?? 0) - (place.get(b.check) ?? 0));
}

/** `77 of 3,000,000 rows`. */
export function ofRows(count: number, rows: number): string {
  return t('{count} of {rows} rows', { count: formatCount(count), rows: formatCount(rows) });
}

/** No share of nothing is broken: an empty data set fails by its number of rows. */
export function shareOf(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}

/** A share as a percentage with as many digits as it takes to tell it from nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value * 10) / 10} %`;
  if (value < 0.001) return '< 0.001 %';
  return `${Number(value.toPrecision(2))} %`;
}
