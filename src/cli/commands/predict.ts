/** `millwright predict`: predictions of a model for a data file that the project need not name. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { writtenWords } from '../../protocol/tables/fileFormats.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProject } from '../openProject.ts';
import { addPermissionOptions, environmentOf, permissionsOf, typedCommand } from '../permissions.ts';
import { renderResult } from '../render/result.ts';

function declarePredict(program: Command) {
  return addPermissionOptions(
    addProjectCommand(program, 'predict [file]', t('write predictions for every row of a data file'), [
      ['millwright predict --model flights@champion --data new.parquet --output scored.parquet', t('by alias')],
      ['millwright predict --model flights/3 --data new.csv --output scored.csv --keep id', t('by version, with a column copied beside')],
    ]),
  )
    .option('--model <name@alias>', t('required: a registered model, as name@alias or name/version, or a train stage'))
    .option('--data <file>', t('required, here or as the argument: the rows to predict for'))
    .option('--output <file>', t('required: where to write inside the project: {endings}', { endings: writtenWords(t(' or ')) }))
    .option('--inputs <columns...>', t('for a model of another tool: the columns of its one tensor, in its order'))
    .option('--keep <columns...>', t('columns to copy beside the predictions'))
    .option('--rejects <file>', t('where to write rows that cannot be predicted (default: beside the output)'))
    .option('--like <dataset>', t("the project's data set whose declared columns the file has"))
    .option('--wait', t('wait for a run that is going on in this project'));
}

type PredictOptions = OptionsOf<typeof declarePredict>;

export function registerPredict(program: Command, perform: Perform): void {
  declarePredict(program).action(async (file, options) => {
    await perform(options, async (context) => predict({ ...options, ...dataOf(file, options) }, context));
  });
}

/** The rows are named once. */
function dataOf(file: string | undefined, { data }: PredictOptions): Pick<PredictOptions, 'data'> {
  if (file === undefined) return {};
  if (data === undefined) return { data: file };
  throw new AppError('predict.twoFiles', t('{file} and {data} are both named as the rows to predict for.', { file, data }), {
    kind: 'usage',
    args: { file, data },
    remedy: t('Name one of them.'),
  });
}

async function predict(options: PredictOptions, context: CommandContext): Promise<number> {
  const { signal, answer, watched, noteFailure } = context;
  const { predictFile, requireComplete } = await import('../../engine/pipeline/predictFile.ts');
  const project = await openProject(options);
  const { inputs, keep, like, wait } = options;
  const { model, data, output } = await requireComplete(project, options);
  const environment = await environmentOf(project, context);
  const prediction = {
    ...{ model, inputs, keep, like },
    data: resolve(data),
    output: resolve(output),
    rejects: options.rejects === undefined ? undefined : resolve(options.rejects),
  };
  const secrets = project.secrets.map(({ value }) => value);
  const { value: result, told } = await watched(async (onEvent) =>
    predictFile(
      prediction,
      { project, environment, command: typedCommand(), wait, ...permissionsOf(options), secrets },
      { signal, onEvent },
    ),
  );
  answer(result, (style, width) => renderResult(result, { style, width, told }));
  for (const { error } of result.stages) if (error !== undefined) await noteFailure(error);
  return result.exitCode;
}
