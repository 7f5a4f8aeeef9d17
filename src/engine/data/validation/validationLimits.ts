/** The limits and severities that hold for a validate stage and its columns. Pure. */
import {
  dataChecks,
  limitDefaults,
  type CheckName,
  type ColumnLimitName,
  type LimitName,
  type Severity,
} from '../../../protocol/tables/dataChecks.ts';
import type { ColumnSpec } from '../../project/definitions/dataset.ts';
import type { ValidateStage } from '../../project/definitions/stages/validateStage.ts';

/** Null where there is no limit. */
export function limitOf<N extends LimitName>(stage: ValidateStage, name: N): number | (typeof limitDefaults)[N] {
  return stage[name] ?? limitDefaults[name];
}

/** A column's own limit goes before that of the stage. */
export function columnLimitOf<N extends ColumnLimitName>(
  stage: ValidateStage,
  spec: ColumnSpec,
  name: N,
): number | (typeof limitDefaults)[N] {
  return spec[name] ?? limitOf(stage, name);
}

/** What the check does when it does not pass. */
export function severityOf(stage: ValidateStage, check: CheckName): Severity {
  if (check === 'extra_columns') return stage.extra_columns === 'error' ? 'error' : dataChecks.extra_columns.severity;
  return stage.severity?.[check] ?? dataChecks[check].severity;
}
