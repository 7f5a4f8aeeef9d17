/** Which data set's columns a place in the project file speaks of. */
import { nodeAt, type Path, type TreeNode } from '../../../engine/project/text/yamlTree.ts';

/**
 * The data set by name: of a stage the one it reads, of a data set itself, of features the one that the first stage
 * with these features reads, else the first of the file. Undefined where the file names none.
 */
export function datasetOf(tree: TreeNode | undefined, path: Path): string | undefined {
  const [section, name] = path.map(String);
  if (name === undefined) return undefined;
  if (section === 'datasets') return name;
  if (section === 'stages') return textIn(tree, ['stages', name, 'dataset']);
  return section === 'features' ? datasetOfFeatures(tree, name) : undefined;
}

function datasetOfFeatures(tree: TreeNode | undefined, features: string): string | undefined {
  for (const stage of keysOf(tree, 'stages')) {
    const dataset = textIn(tree, ['stages', stage, 'dataset']);
    if (dataset !== undefined && textIn(tree, ['stages', stage, 'features']) === features) return dataset;
  }
  return keysOf(tree, 'datasets')[0];
}

export function keysOf(tree: TreeNode | undefined, ...path: Path): readonly string[] {
  const node = nodeAt(tree, path);
  return node?.kind === 'mapping' ? node.entries.map(({ key }) => key) : [];
}

export function textIn(tree: TreeNode | undefined, path: Path): string | undefined {
  const node = nodeAt(tree, path);
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
