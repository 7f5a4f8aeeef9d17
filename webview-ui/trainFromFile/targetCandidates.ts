/** The engine's candidates for the target, with the shares of their classes. */
import type { ColumnProfile, ProjectProposal } from '../../src/protocol/dataset.ts';
import { formatBound } from '../shared/columnValues.ts';

export interface TargetCandidate {
  readonly column: string;
  readonly reason: string;
  readonly distinct: number;
  readonly missing: number;
  readonly profile: ColumnProfile;
  /** Largest first; empty where the column has too many values for classes. */
  readonly classes: readonly TargetClass[];
}

interface TargetClass {
  readonly value: string;
  /** The value as a person reads it: `3.2` for a float's `3.200000047683716`. */
  readonly words: string;
  readonly share: number;
}

const maxClasses = 20;

/** The likeliest first. */
export function targetCandidates({ candidates, profile }: Pick<ProjectProposal, 'candidates' | 'profile'>): readonly TargetCandidate[] {
  return candidates.flatMap(({ column, reason }) => {
    const its = profile.columns.find(({ name }) => name === column);
    if (its === undefined) return [];
    return [{ column, reason, distinct: its.distinct, missing: its.missing, profile: its, classes: classesOf(its, profile.rows) }];
  });
}

function classesOf({ distinct, top, missing, type, min, max }: ColumnProfile, rows: number): TargetCandidate['classes'] {
  if (distinct > maxClasses || rows === missing) return [];
  return top.map(({ value, count }) => ({
    value,
    words: type === 'number' ? formatBound(Number(value), { min, max }) : value,
    share: count / (rows - missing),
  }));
}
