/** Which of the settings of a train stage bear on its trainer. One that would do nothing is refused, not ignored. */
import { defaultTrainer, trainers, type Trainer } from '../../../protocol/tables/trainers.ts';
import type { TrainStage } from './stages/trainStage.ts';

/** A path below a train stage. */
export type SettingPath = readonly ['early_stopping'] | readonly ['params', string] | readonly [string];

export function isForeignSetting(trainer: Trainer, [first, name]: SettingPath): boolean {
  const { stopsEarly, parameters } = trainers[trainer];
  if (first === 'early_stopping') return !stopsEarly;
  return first === 'params' && name !== undefined && !Object.hasOwn(parameters, name);
}

/** The settings of a stage that its trainer does not have. */
export function foreignSettings(stage: TrainStage): readonly SettingPath[] {
  const given = Object.entries(stage.params ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [['params', name] as const]));
  const stopping = stage.early_stopping === undefined ? [] : [['early_stopping'] as const];
  return [...given, ...stopping].filter((setting) => isForeignSetting(stage.trainer ?? defaultTrainer, setting));
}
