/** Whether the limits of a validate stage can hold together, and have something to hold. */
import { t } from '../../../base/localize.ts';
import { dataChecks, limitDefaults, targetChecks } from '../../../protocol/tables/dataChecks.ts';
import type { ValidateStage } from '../definitions/stages/validateStage.ts';
import type { Path } from '../text/yamlTree.ts';
import type { CheckInput } from './checkInput.ts';

const targetLimits = targetChecks.flatMap((check) => dataChecks[check].limit ?? []);

/** @param path of the stage */
export function checkLimits(stage: ValidateStage, path: Path, { diagnostics, spanOf }: CheckInput): void {
  const limits = targetLimits.filter((key) => stage[key] !== undefined).map((key): Path => [key]);
  const severities = targetChecks.filter((key) => stage.severity?.[key] !== undefined).map((key): Path => ['severity', key]);
  for (const key of stage.features === undefined ? [...limits, ...severities] : []) {
    const name = String(key.at(-1));
    diagnostics.add(
      'project.limitUnused',
      t('"{name}" is about the target, but this stage names no features.', { name }),
      spanOf([...path, ...key]),
      {
        args: { name },
        remedy: t('Add "features: <name>", whose target is to be checked.'),
      },
    );
  }
  const { min_class_share: share = 0, min_classes: classes = limitDefaults.min_classes } = stage;
  if (share * classes <= 1) return;
  const args = { share, classes };
  diagnostics.add(
    'project.emptyRange',
    t('{classes} classes cannot each have a share of at least {share}.', args),
    spanOf([...path, 'min_class_share']),
    { args },
  );
}
