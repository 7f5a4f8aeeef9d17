/** Whether the parts of a train stage fit together: its trainer with its settings, and how it holds rows out. */
import { t } from '../../../base/localize.ts';
import { defaultTrainer, trainers } from '../../../protocol/tables/trainers.ts';
import type { TrainStage } from '../definitions/stages/trainStage.ts';
import { foreignSettings } from '../definitions/foreignSettings.ts';
import { datasetsBehind } from '../graph/stageGraph.ts';
import { listed } from '../schema/describeValue.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';
import { spendOf, type CheckInput } from './checkInput.ts';

/** @param path of the stage */
export function checkTraining(stage: TrainStage, path: Path, input: CheckInput): void {
  checkTrainer(stage, path, input);
  const { validation } = stage;
  if (validation === undefined) return;
  const at = (key: string): Span => input.spanOf([...path, 'validation', key]);
  const byGroup = validation.split === 'group' || validation.by === 'group';
  if (byGroup && validation.group === undefined) {
    input.diagnostics.add('project.missingGroup', t('A split by group needs the column that holds the groups.'), at('split'), {
      remedy: t('Add "group: <column>" beside "split".'),
    });
  }
  for (const key of ['folds', 'by'] as const) {
    if (validation[key] !== undefined && validation.split !== 'kfold') {
      input.diagnostics.add('project.foldsWithoutKfold', t('"{key}" only has a meaning with "split: kfold".', { key }), at(key), {
        args: { key },
      });
    }
  }
  if (validation.share !== undefined && validation.split === 'kfold') {
    const message = t('"share" has no meaning with "split: kfold": every row is held out once.');
    input.diagnostics.add('project.shareWithKfold', message, at('share'), { remedy: t('Set the number of folds with "folds".') });
  }
  const known = Object.hasOwn(input.datasets, stage.dataset);
  const hasTime = datasetsBehind(stage.dataset, input.datasets, spendOf(input)).some((name) => input.datasets[name]?.time !== undefined);
  const byTime = (['by', 'split'] as const).find((key) => validation[key] === 'time');
  if (byTime !== undefined && known && !hasTime) {
    const message = t('A split by time needs the event time, but "{name}" names no time column.', { name: stage.dataset });
    input.diagnostics.add('project.missingTime', message, at(byTime), {
      args: { dataset: stage.dataset },
      remedy: t('Add "time: <column>" to the data set, or split at random.'),
    });
  }
}

function checkTrainer(stage: TrainStage, path: Path, { diagnostics, spanOf }: CheckInput): void {
  const trainer = stage.trainer ?? defaultTrainer;
  for (const setting of foreignSettings(stage)) {
    const args = { name: setting.at(-1) ?? '', trainer };
    diagnostics.add('project.foreignSetting', t('The trainer "{trainer}" has no "{name}".', args), spanOf([...path, ...setting]), {
      args,
      remedy: t('Leave it out, or choose another trainer. Hyperparameters of {trainer}: {known}.', {
        trainer,
        known: listed(Object.keys(trainers[trainer].parameters)),
      }),
    });
  }
}
