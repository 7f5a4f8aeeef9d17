/** Whether what a stage says that it reads stays as it is while the stage runs. */
import { t } from '../../../base/localize.ts';
import { roleOf, type StageSpec } from '../definitions/stage.ts';
import { isSameOrInside } from '../graph/outputIndex.ts';
import type { Path } from '../text/yamlTree.ts';
import type { CheckInput } from './checkInput.ts';

const stateFolder = '.millwright';

/** @param path of the stage */
export function checkReads(stage: StageSpec, path: Path, { diagnostics, spanOf }: CheckInput): void {
  for (const { path: read, at } of roleOf(stage).reads ?? []) {
    diagnostics.spend();
    if (!isSameOrInside(read, stateFolder)) continue;
    const args = { path: read, folder: stateFolder };
    diagnostics.add('project.readsState', t('{path} lies in {folder}, which every run changes.', args), spanOf([...path, ...at]), {
      args,
      remedy: t('Depend on what the command itself needs: a file of yours, a data set, or the output of a stage.'),
    });
  }
}
