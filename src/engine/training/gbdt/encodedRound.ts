/** How a round of boosting is written down in a checkpoint. Training threads do not need it, and start sooner without its schema. */
import * as z from 'zod';
import type { Json } from '../../../base/canonicalJson.ts';
import type { BoostingRound } from './boostingRound.ts';
import type { Tree } from './tree.ts';

const treeSchema = z.object({
  feature: z.string(),
  left: z.string(),
  right: z.string(),
  threshold: z.string(),
  leftLevels: z.string(),
  missingLeft: z.string(),
  value: z.string(),
  gain: z.string(),
});
const roundSchema = z.object({ losses: z.string(), trees: z.array(treeSchema) });

/** Numbers as base64 of their bytes, so that every bit comes back. */
export function encodeRound({ loss, trees }: BoostingRound): Json {
  const losses = Float64Array.of(loss.step, loss.training, ...(loss.heldOut === undefined ? [] : [loss.heldOut]));
  return {
    losses: encode(losses),
    trees: trees.map((tree) => ({
      feature: encode(tree.feature),
      left: encode(tree.left),
      right: encode(tree.right),
      threshold: encode(tree.threshold),
      leftLevels: encode(Uint8Array.from(tree.leftLevels.flatMap((levels) => [...(levels ?? [])]))),
      missingLeft: encode(tree.missingLeft),
      value: encode(tree.value),
      gain: encode(tree.gain),
    })),
  } satisfies z.infer<typeof roundSchema>;
}

/**
 * @param levels of each column that is a native category, undefined for numbers
 * @throws where it is no round over these columns
 */
export function decodeRound(value: unknown, levels: readonly (number | undefined)[]): BoostingRound {
  const { losses, trees } = roundSchema.parse(value);
  const [step = NaN, training = NaN, heldOut] = new Float64Array(bytesOf(losses));
  return { loss: { step, training, heldOut }, trees: trees.map((tree) => decodeTree(tree, levels)) };
}

function decodeTree(record: z.infer<typeof treeSchema>, levels: readonly (number | undefined)[]): Tree {
  const allLevels = new Uint8Array(bytesOf(record.leftLevels));
  let levelsRead = 0;
  const feature = new Int32Array(bytesOf(record.feature));
  const leftLevels = Array.from(feature, (column) => {
    const count = levels[column];
    return count === undefined ? undefined : allLevels.slice(levelsRead, (levelsRead += count + 1));
  });
  const tree: Tree = {
    feature,
    left: new Int32Array(bytesOf(record.left)),
    right: new Int32Array(bytesOf(record.right)),
    threshold: new Float64Array(bytesOf(record.threshold)),
    leftLevels,
    missingLeft: new Uint8Array(bytesOf(record.missingLeft)),
    value: new Float64Array(bytesOf(record.value)),
    gain: new Float64Array(bytesOf(record.gain)),
  };
  if (levelsRead !== allLevels.length || !isTree(tree, levels.length)) throw new RangeError('no tree over these columns');
  return tree;
}

/** Children come after their parent, so that every walk ends in a leaf. */
function isTree(tree: Tree, width: number): boolean {
  const nodes = tree.feature.length;
  const isChild = (child: number | undefined, node: number): boolean => child !== undefined && child > node && child < nodes;
  return (
    nodes > 0 &&
    [tree.left, tree.right, tree.threshold, tree.missingLeft, tree.value, tree.gain].every(({ length }) => length === nodes) &&
    tree.feature.every(
      (column, node) => column < width && (column < 0 || (isChild(tree.left[node], node) && isChild(tree.right[node], node))),
    )
  );
}

function encode(numbers: Int32Array | Uint8Array | Float64Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}
