/** The rounds of boosting, as the first training thread runs them. */
import { TreeGrower } from './growTree.ts';
import { blocksOf, type SharedTraining } from './sharedTraining.ts';
import { ThreadTeam } from './threadTeam.ts';
import type { Tree } from './tree.ts';

/** The mean loss after a round. */
export interface RoundLoss {
  /** From 1. */
  readonly step: number;
  readonly training: number;
  /** Undefined where no rows are held out. */
  readonly heldOut: number | undefined;
}

export interface BoostingResult {
  /** Of the rounds kept. */
  readonly trees: readonly Tree[];
  /** The number of rounds kept: up to the one with the smallest held-out loss where training may stop early. */
  readonly rounds: number;
}

/** Boosts until the rounds are used up, or the held-out loss has not improved for `patience` of them. */
export function boost(shared: SharedTraining, onRound: (loss: RoundLoss) => void): BoostingResult {
  const { params, objective } = shared;
  const team = new ThreadTeam(shared);
  const grower = new TreeGrower(shared, team);
  const meanLoss = lossReader(shared);
  const trees: Tree[] = [];
  let best = { rounds: 0, loss: Infinity };
  team.order('endRound');
  for (let round = 0; round < params.maxIter; round++) {
    for (let output = 0; output < objective.outputs; output++) trees.push(grower.grow({ round, output }));
    team.order('endRound');
    const loss = { step: round + 1, ...meanLoss() };
    onRound(loss);
    if (loss.heldOut === undefined || params.patience === undefined) continue;
    if (loss.heldOut < best.loss - params.minDelta) best = { rounds: round + 1, loss: loss.heldOut };
    else if (round + 1 - best.rounds >= params.patience) break;
  }
  team.order('stop');
  const rounds = best.rounds > 0 ? best.rounds : trees.length / objective.outputs;
  return { trees: trees.slice(0, rounds * objective.outputs), rounds };
}

/** Adds the blocks' losses in their order, whoever computed them. */
function lossReader(shared: SharedTraining): () => Pick<RoundLoss, 'training' | 'heldOut'> {
  const losses = new Float64Array(shared.losses);
  const blocks = blocksOf(shared.rows);
  const sum = (part: Float64Array): number => part.reduce((total, loss) => total + loss, 0);
  const weights = shared.weights === undefined ? undefined : new Float64Array(shared.weights);
  const weightOf = (from: number, to: number): number => (weights === undefined ? to - from : sum(weights.subarray(from, to)));
  const trainingWeight = weightOf(0, shared.rows);
  const heldOutWeight = weightOf(shared.rows, shared.rows + shared.heldOutRows);
  return () => ({
    training: sum(losses.subarray(0, blocks)) / trainingWeight,
    heldOut: heldOutWeight === 0 ? undefined : sum(losses.subarray(blocks)) / heldOutWeight,
  });
}
