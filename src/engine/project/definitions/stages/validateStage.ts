/** Stages that check a data set: their keys, and what they are to other stages. */
import * as z from 'zod';
import { checkNames, dataChecks } from '../../../../protocol/tables/dataChecks.ts';
import { severityWords, stageLimits } from '../limits.ts';
import { stageKeys } from '../stageKeys.ts';
import { defaultsOf, withDefault } from '../withDefault.ts';
import { datasetName, featuresName, severity, stageUsesDescription } from './sharedKeys.ts';
import type { StageRole } from './stageRole.ts';

/** The checks whose severity a stage sets by their name. */
const checkSeverities = Object.fromEntries(
  checkNames.flatMap((name) => (name === 'extra_columns' ? [] : [[name, dataChecks[name].severity]])),
);

export const validateStage = stageKeys('Checks a data set against its declaration and limits.', {
  value: {
    dataset: datasetName('The data set to check. Every stage that reads it waits for this check.'),
    features: featuresName('The features whose target and columns are checked too.').optional(),
    ...stageLimits,
    extra_columns: withDefault(z.enum(['allow', 'warn', 'error']), 'allow', 'What to do about columns the data set does not declare.'),
    severity: z
      .partialRecord(z.enum(checkNames).exclude(['extra_columns']), severity)
      .optional()
      .describe(severityWords(checkSeverities)),
  },
  content: { uses: z.literal('validate').describe(stageUsesDescription) },
  nothing: {},
});

export const validateDefaults = defaultsOf(validateStage);
export type ValidateStage = z.infer<typeof validateStage>;

export function validateRole({ dataset }: ValidateStage): StageRole {
  return { dataset, checks: dataset };
}
