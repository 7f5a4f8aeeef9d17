/** What is decided of a proposed project before it is written down. */
import type { ColumnProfile, ColumnProposal, ProjectProposal } from '../../protocol/dataset.ts';
import type { MetricName } from '../../protocol/tables/metrics.ts';
import type { Trainer } from '../../protocol/tables/trainers.ts';
import type { HoldOut } from './holdOut.ts';
import type { ProposedReading } from './proposeReading.ts';

export interface ProposedProject {
  readonly name: string;
  /** The name of the data set that is the file. */
  readonly table: string;
  /** With `/`, relative to the project folder where it can be. */
  readonly path: string;
  readonly profile: readonly ColumnProfile[];
  readonly uses: readonly ColumnProposal[];
  /** Columns that give the target away and are taken all the same: known in time, says the person who took them. */
  readonly knownInTime: readonly string[];
  readonly trainer: Trainer;
  /** The metrics to measure, the leading one first; undefined for the usual ones. */
  readonly metrics: readonly MetricName[] | undefined;
  readonly target: string;
  /** Where the target is an expression. */
  readonly targetExpression: string | undefined;
  /** Whether whole numbers in the target's column are names of classes. */
  readonly targetIsCategory: boolean;
  readonly targetMissing: number;
  readonly task: ProjectProposal['task'];
  readonly holdOut: HoldOut;
  readonly cycles: readonly Cycle[];
  /** What to look at before the score is trusted. */
  readonly warnings: readonly string[];
  /** The largest share of missing values that the check has to let pass; undefined where its own limit will do. */
  readonly toleratedMissing: number | undefined;
  /** Columns that tell rows apart: copied beside the predictions. */
  readonly keep: readonly string[];
  readonly reading: ProposedReading;
}

export interface Cycle {
  readonly name: string;
  readonly value: string;
  readonly period: number;
}
