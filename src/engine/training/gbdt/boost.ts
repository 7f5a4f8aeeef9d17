/** The rounds of boosting, as the first training thread runs them. */
import { blocksOf } from './blocks.ts';
import type { RoundLoss } from '../trainer/trainerContract.ts';
import { StoppingRule, type BoostingRound } from './boostingRound.ts';
import { TreeGrower } from './growTree.ts';
import type { SharedTraining } from './sharedTraining.ts';
import { ThreadTeam } from './threadTeam.ts';

/** Boosts on from the earlier rounds until the stopping rule says that it is over. */
export function boost(shared: SharedTraining, onRound: (round: BoostingRound) => void): void {
  const { params, objective, earlier } = shared;
  const team = new ThreadTeam(shared);
  const grower = new TreeGrower(shared, team);
  const meanLoss = lossReader(shared);
  const rule = new StoppingRule(params, earlier);
  team.order('endRound');
  for (let round = earlier.length; !rule.isOver; round++) {
    const trees = Array.from({ length: objective.outputs }, (_, output) => grower.grow({ round, output }));
    team.order('endRound');
    const loss = { step: round + 1, ...meanLoss() };
    rule.add(loss);
    onRound({ loss, trees });
  }
  team.order('stop');
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
