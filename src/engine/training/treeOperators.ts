/** Forests as ONNX operators: TreeEnsembleRegressor, or TreeEnsemble of ai.onnx.ml 5 where a tree splits on sets of levels. */
import { floats, int, ints, tensor, text, texts, type GraphBuilder, type TensorName } from '../features/onnx/graphBuilder.ts';
import type { Forest, Tree } from './gbdt/tree.ts';

/** Whether the forest needs the `sets` format. */
export function splitsOnSets(forest: Forest): boolean {
  return forest.trees.some((tree) => tree.leftLevels.some((levels) => levels !== undefined));
}

/** The raw scores, one column per output. TreeEnsembleClassifier is avoided on purpose: its one-class form is read in two ways. */
export function addForest(graph: GraphBuilder, forest: Forest, features: TensorName): TensorName {
  return splitsOnSets(forest) ? addTreeEnsemble(graph, forest, features) : addRegressor(graph, forest, features);
}

function addRegressor(graph: GraphBuilder, forest: Forest, features: TensorName): TensorName {
  const nodes = forest.trees.flatMap((tree, index) => [...tree.feature.keys()].map((node) => ({ tree, index, node })));
  const leaves = nodes.filter(({ tree, node }) => isLeaf(tree, node));
  const perNode = (value: (tree: Tree, node: number, index: number) => number): readonly number[] =>
    nodes.map(({ tree, node, index }) => value(tree, node, index));
  const inner = (values: (tree: Tree) => ArrayLike<number>): readonly number[] =>
    perNode((tree, node) => (isLeaf(tree, node) ? 0 : (values(tree)[node] ?? 0)));
  return graph.mlNode('TreeEnsembleRegressor', [features], {
    n_targets: int(forest.outputs),
    base_values: floats(forest.baseScores),
    post_transform: text('NONE'),
    nodes_treeids: ints(perNode((_tree, _node, index) => index)),
    nodes_nodeids: ints(perNode((_tree, node) => node)),
    nodes_featureids: ints(inner((tree) => tree.feature)),
    nodes_values: floats(inner((tree) => tree.threshold)),
    nodes_modes: texts(nodes.map(({ tree, node }) => (isLeaf(tree, node) ? 'LEAF' : 'BRANCH_LEQ'))),
    nodes_truenodeids: ints(inner((tree) => tree.left)),
    nodes_falsenodeids: ints(inner((tree) => tree.right)),
    nodes_missing_value_tracks_true: ints(inner((tree) => tree.missingLeft)),
    target_treeids: ints(leaves.map(({ index }) => index)),
    target_nodeids: ints(leaves.map(({ node }) => node)),
    target_ids: ints(leaves.map(({ index }) => index % forest.outputs)),
    target_weights: floats(leaves.map(({ tree, node }) => tree.value[node] ?? 0)),
  });
}

function isLeaf(tree: Tree, node: number): boolean {
  return (tree.feature[node] ?? -1) < 0;
}

/** Split modes of `TreeEnsemble`. */
const lessOrEqual = 0;
const member = 6;

interface EnsembleNode {
  readonly feature: number;
  readonly mode: number;
  readonly threshold: number;
  readonly members: readonly number[];
  readonly missingTrue: number;
  readonly whenTrue: Target;
  readonly whenFalse: Target;
}

interface Target {
  /** Among the leaves or among the inner nodes, counted over all trees. */
  readonly place: number;
  readonly isLeaf: boolean;
}

function addTreeEnsemble(graph: GraphBuilder, forest: Forest, features: TensorName): TensorName {
  const roots: number[] = [];
  const nodes: EnsembleNode[] = [];
  const leaves: { output: number; value: number }[] = [];
  for (const [index, tree] of forest.trees.entries()) {
    roots.push(nodes.length);
    appendTree(tree, index % forest.outputs, nodes, leaves);
  }
  const summed = graph.mlNode('TreeEnsemble', [features], {
    n_targets: int(forest.outputs),
    aggregate_function: int(1),
    post_transform: int(0),
    tree_roots: ints(roots),
    nodes_featureids: ints(nodes.map((node) => node.feature)),
    nodes_modes: tensor(
      'uint8',
      nodes.map((node) => node.mode),
    ),
    nodes_splits: tensor(
      'float',
      nodes.map((node) => node.threshold),
    ),
    nodes_missing_value_tracks_true: ints(nodes.map((node) => node.missingTrue)),
    nodes_truenodeids: ints(nodes.map((node) => node.whenTrue.place)),
    nodes_trueleafs: ints(nodes.map((node) => (node.whenTrue.isLeaf ? 1 : 0))),
    nodes_falsenodeids: ints(nodes.map((node) => node.whenFalse.place)),
    nodes_falseleafs: ints(nodes.map((node) => (node.whenFalse.isLeaf ? 1 : 0))),
    membership_values: tensor(
      'float',
      nodes.filter((node) => node.mode === member).flatMap((node) => [...node.members, NaN]),
    ),
    leaf_targetids: ints(leaves.map((leaf) => leaf.output)),
    leaf_weights: tensor(
      'float',
      leaves.map((leaf) => leaf.value),
    ),
  });
  return graph.node('Add', [summed, graph.matrix(Float32Array.from(forest.baseScores), forest.outputs)]);
}

function appendTree(tree: Tree, output: number, nodes: EnsembleNode[], leaves: { output: number; value: number }[]): void {
  const places = new Map<number, Target>();
  for (const [node, feature] of tree.feature.entries()) {
    if (feature < 0) places.set(node, { place: leaves.push({ output, value: tree.value[node] ?? 0 }) - 1, isLeaf: true });
  }
  const inner = [...tree.feature.keys()].filter((node) => !isLeaf(tree, node));
  const first = nodes.length;
  inner.forEach((node, index) => places.set(node, { place: first + index, isLeaf: false }));
  const target = (node: number | undefined): Target => places.get(node ?? 0) ?? { place: 0, isLeaf: true };
  for (const node of inner) nodes.push(ensembleNode(tree, node, target));
  // An ensemble has no tree without a split, so a lone leaf hangs on both sides of one.
  if (inner.length === 0) nodes.push(numberNode(0, 0, 1, [target(0), target(0)]));
}

function numberNode(
  feature: number,
  threshold: number,
  missingTrue: number,
  [whenTrue, whenFalse]: readonly [Target, Target],
): EnsembleNode {
  return { feature, mode: lessOrEqual, threshold, members: [], missingTrue, whenTrue, whenFalse };
}

/** A set is written by its smaller side: the cost of a set grows with its members. */
function ensembleNode(tree: Tree, node: number, target: (node: number | undefined) => Target): EnsembleNode {
  const feature = tree.feature[node] ?? 0;
  const missingLeft = tree.missingLeft[node] ?? 0;
  const left = target(tree.left[node]);
  const right = target(tree.right[node]);
  const levels = tree.leftLevels[node];
  if (levels === undefined) return numberNode(feature, tree.threshold[node] ?? 0, missingLeft, [left, right]);
  const onLeft = [...levels.keys()].filter((level) => levels[level] === 1);
  const onRight = [...levels.keys()].filter((level) => levels[level] !== 1);
  const writesLeft = onLeft.length > 0 && (onLeft.length <= onRight.length || onRight.length === 0);
  return {
    feature,
    mode: member,
    threshold: 0,
    members: writesLeft ? onLeft : onRight,
    missingTrue: writesLeft ? missingLeft : 1 - missingLeft,
    whenTrue: writesLeft ? left : right,
    whenFalse: writesLeft ? right : left,
  };
}
