/** The stages of a file, complete or not, whose model others may use. */
import { kindAt } from '../../../engine/project/checks/stageKind.ts';
import { entryOf, nodeAt, type TreeNode } from '../../../engine/project/text/yamlTree.ts';
import { makesModel } from '../../../protocol/tables/stageKinds.ts';
import { keysOf } from './datasetOf.ts';

/** Their names, in the order of the file. */
export function stagesWithModel(tree: TreeNode | undefined): readonly string[] {
  return keysOf(tree, 'stages').filter((name) => {
    const stage = nodeAt(tree, ['stages', name]);
    const kind = kindAt(stage);
    return kind !== undefined && makesModel(kind, (key) => entryOf(stage, key) !== undefined);
  });
}
