/** Stages that write predictions: their keys, and what they are to other stages. */
import * as z from 'zod';
import { writtenWords } from '../../../../protocol/tables/fileFormats.ts';
import { stageKeys } from '../stageKeys.ts';
import { column, datasetName, modelName, stageUsesDescription, tensorColumns } from './sharedKeys.ts';
import type { StageRole } from './stageRole.ts';

export const predictStage = stageKeys('Writes predictions for every row of a data set.', {
  value: {
    model: modelName,
    dataset: datasetName('The data set to predict for.'),
    inputs: tensorColumns,
    output: z
      .string()
      .min(1)
      .describe(`The file to write inside the project: ${writtenWords(' or ')}; texts also with .gz.`),
    keep: z.array(column).optional().describe('Columns to copy beside the predictions.'),
    rejects: z.string().optional().describe('The file for rows that cannot be predicted, with reasons. Default: beside the output.'),
  },
  content: { uses: z.literal('predict').describe(stageUsesDescription) },
  nothing: {},
});

export type PredictStage = z.infer<typeof predictStage>;

export function predictRole({ dataset, model, output, rejects }: PredictStage): StageRole {
  const writes = [{ path: output, at: ['output'] }, ...(rejects === undefined ? [] : [{ path: rejects, at: ['rejects'] }])];
  return { dataset, model, writes };
}
