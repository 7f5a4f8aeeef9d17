/** Forests as ONNX operators: TreeEnsemble of ai.onnx.ml 5, which compares and adds float64 and splits on sets of levels. */
import { int, ints, tensor, type GraphBuilder, type TensorName } from '../../features/onnx/graphBuilder.ts';
import type { Forest, Tree } from './tree.ts';

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

/**
 * Members of the sets of one ensemble, about: ONNX Runtime keeps each set as a table of its own, and goes through all trees of an
 * ensemble row by row. So many tables stay in a processor's cache from one row to the next; of the flights' forest all of them do not,
 * and it is scored in 0.85 of the time, sorted rows in 0.8, when it is written as several ensembles.
 */
const membersAtOnce = 4096;

/** The raw scores, one column per output. The base scores come last, so that those far from 0 round but once. */
export function addForest(graph: GraphBuilder, forest: Forest, features: TensorName): TensorName {
  const parts = ensemblesOf(forest).map((ensemble) => addEnsemble(graph, ensemble, forest.outputs, features));
  const [first = ''] = parts;
  const summed = parts.length === 1 ? first : graph.node('Sum', parts);
  return graph.node('Add', [summed, graph.matrix(Float64Array.from(forest.baseScores), forest.outputs)]);
}

/** Trees that one operator holds: places are counted within it. */
class Ensemble {
  readonly roots: number[] = [];
  readonly nodes: EnsembleNode[] = [];
  readonly leaves: { output: number; value: number }[] = [];
  /** Of all sets. */
  members = 0;

  add(tree: Tree, output: number): void {
    const first = this.nodes.length;
    this.roots.push(first);
    appendTree(tree, output, this.nodes, this.leaves);
    for (const { members } of this.nodes.slice(first)) this.members += members.length;
  }
}

/** The trees in their order, in as few ensembles as their sets allow. */
function ensemblesOf({ trees, outputs }: Forest): readonly Ensemble[] {
  let last = new Ensemble();
  const ensembles = [last];
  for (const [index, tree] of trees.entries()) {
    if (last.members >= membersAtOnce) ensembles.push((last = new Ensemble()));
    last.add(tree, index % outputs);
  }
  return ensembles;
}

function addEnsemble(graph: GraphBuilder, { roots, nodes, leaves }: Ensemble, outputs: number, features: TensorName): TensorName {
  const numbers = (values: readonly number[]): ReturnType<typeof tensor> => tensor('double', values);
  const members = nodes.filter((node) => node.mode === member).flatMap((node) => [...node.members, NaN]);
  return graph.mlNode('TreeEnsemble', [features], {
    n_targets: int(outputs),
    aggregate_function: int(1),
    post_transform: int(0),
    tree_roots: ints(roots),
    nodes_featureids: ints(nodes.map((node) => node.feature)),
    nodes_modes: tensor(
      'uint8',
      nodes.map((node) => node.mode),
    ),
    nodes_splits: numbers(nodes.map((node) => node.threshold)),
    nodes_missing_value_tracks_true: ints(nodes.map((node) => node.missingTrue)),
    nodes_truenodeids: ints(nodes.map((node) => node.whenTrue.place)),
    nodes_trueleafs: ints(nodes.map((node) => (node.whenTrue.isLeaf ? 1 : 0))),
    nodes_falsenodeids: ints(nodes.map((node) => node.whenFalse.place)),
    nodes_falseleafs: ints(nodes.map((node) => (node.whenFalse.isLeaf ? 1 : 0))),
    ...(members.length === 0 ? {} : { membership_values: numbers(members) }),
    leaf_targetids: ints(leaves.map((leaf) => leaf.output)),
    leaf_weights: numbers(leaves.map((leaf) => leaf.value)),
  });
}

function isLeaf(tree: Tree, node: number): boolean {
  return (tree.feature[node] ?? -1) < 0;
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

/**
 * A set is written by its smaller side: the cost of a set grows with its members. Its codes are never NaN, for runtimes turn NaN
 * into a whole number before they look it up, each into its own.
 */
function ensembleNode(tree: Tree, node: number, target: (node: number | undefined) => Target): EnsembleNode {
  const feature = tree.feature[node] ?? 0;
  const left = target(tree.left[node]);
  const right = target(tree.right[node]);
  const levels = tree.leftLevels[node];
  if (levels === undefined) return numberNode(feature, tree.threshold[node] ?? 0, tree.missingLeft[node] ?? 0, [left, right]);
  const onLeft = [...levels.keys()].filter((level) => levels[level] === 1);
  const onRight = [...levels.keys()].filter((level) => levels[level] !== 1);
  const writesLeft = onLeft.length <= onRight.length;
  return {
    feature,
    mode: member,
    threshold: 0,
    members: writesLeft ? onLeft : onRight,
    missingTrue: 0,
    whenTrue: writesLeft ? left : right,
    whenFalse: writesLeft ? right : left,
  };
}
