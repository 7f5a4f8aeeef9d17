/** What the checks of a project file are given. */
import type { DefinedNames } from './checkNames.ts';
import type { DatasetSpec } from '../definitions/dataset.ts';
import type { FeaturesSpec } from '../definitions/feature.ts';
import type { StageSpec } from '../definitions/stage.ts';
import type { Spend } from '../graph/stageGraph.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';

/** What was read without a mistake of its own; names of what had mistakes count as existing. */
export interface CheckInput {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  readonly features: Readonly<Record<string, FeaturesSpec>>;
  readonly stages: Readonly<Record<string, StageSpec>>;
  readonly names: DefinedNames;
  /** The file that `params` names. */
  readonly paramsFile: string | undefined;
  readonly spanOf: (path: Path) => Span;
  readonly diagnostics: Diagnostics;
}

/** Counts the steps of a search against what judging one text may take. */
export function spendOf({ diagnostics }: CheckInput): Spend {
  return (steps) => {
    diagnostics.spend(steps);
  };
}
