/** What a train stage refers to. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { FeaturesSpec } from '../../project/definitions/feature.ts';
import type { Project } from '../../project/definitions/project.ts';
import type { TrainStage } from '../../project/definitions/stages/trainStage.ts';

/** @throws AppError `training.unknownFeatures` */
export function featuresOf(project: Pick<Project, 'features'>, name: string): FeaturesSpec {
  const spec = Object.hasOwn(project.features, name) ? project.features[name] : undefined;
  if (spec !== undefined) return spec;
  const args = { name, known: Object.keys(project.features).join(', ') };
  throw new AppError('training.unknownFeatures', t('There is no feature definition named "{name}".', args), {
    args,
    remedy: args.known === '' ? t('Define it under "features:".') : t('Use one of these: {known}.', args),
  });
}

/** The column of the rows' weights. */
export function weightColumn(stage: TrainStage): string | undefined {
  return stage.params?.sample_weight;
}
