/** What a check of a data set depends on. */
import { planDataset } from '../../../data/dataset/planDataset.ts';
import { ownTables } from '../../../../protocol/tables/storedNames.ts';
import { columnLimitsOf } from '../../../project/definitions/dataset.ts';
import type { ValidateStage } from '../../../project/definitions/stages/validateStage.ts';
import { flatten } from '../../key/cacheKey.ts';
import { readSummary } from '../../reports/validationReports.ts';
import type { StagePlan } from '../stagePlan.ts';
import { checksDigest } from '../tablesRead.ts';

export const validatePlan: StagePlan<ValidateStage, undefined> = {
  revision: 3,
  resolve: async ({ dataset }, { project, parts, options }) => {
    parts.inputs[ownTables.checks] = checksDigest;
    for (const [name, spec] of Object.entries(planDataset(project, dataset, options.asOf).columns)) {
      const limits = columnLimitsOf(spec);
      if (Object.keys(limits).length > 0) Object.assign(parts.values, flatten(limits, `columns.${name}`));
    }
    return Promise.resolve(undefined);
  },
  opensRun: () => false,
  sampled: (stage) => stage,
  readCheck: readSummary,
};
