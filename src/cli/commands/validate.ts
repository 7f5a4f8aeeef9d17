/** `millwright validate`: checks the project file and then its data; given a data file, describes it. */
import { Argument, type Command } from 'commander';
import { resolve } from 'node:path';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { ValidationReport } from '../../protocol/validation.ts';
import type { ValidateStage } from '../../engine/project/definitions/stages/validateStage.ts';
import { machineBudget } from '../../engine/pipeline/execution/machineBudget.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { parseMoment } from '../arguments.ts';
import { openProject } from '../openProject.ts';
import { renderProfile } from '../render/columns.ts';
import { renderValidation } from '../render/validation.ts';

function declareValidate(program: Command) {
  return addProjectCommand(program, 'validate', t('check the project file and its data, or describe a data file'), [
    ['millwright validate', t('the file, then every validate stage')],
    ['millwright validate --file-only', t('the file alone, for a commit hook')],
    ['millwright validate data.parquet', t('columns, missing values and ranges of a data file')],
  ])
    .addArgument(new Argument('[data]', t('a data file to describe')))
    .option('--file-only', t('check the project file, not the data'))
    .option('--as-of <time>', t('the moment that windows such as "last: 30d" end at (default: now)'), parseMoment);
}

type ValidateOptions = OptionsOf<typeof declareValidate>;

export function registerValidate(program: Command, perform: Perform): void {
  declareValidate(program).action(async (data, options) => {
    await perform(options, async (context) => (data === undefined ? validateProject(options, context) : describeFile(data, context)));
  });
}

async function describeFile(path: string, { signal, answer }: CommandContext): Promise<number> {
  const { profileFile } = await import('../../engine/data/profileFile.ts');
  const profile = await profileFile(resolve(path), { budget: machineBudget(), signal });
  answer(profile, (style, width) => renderProfile(profile, style, width));
  return exitCodes.ok;
}

async function validateProject(options: ValidateOptions, context: CommandContext): Promise<number> {
  const project = await openProject(options);
  const { kindOf } = await import('../../engine/project/definitions/stage.ts');
  const stages = Object.entries(project.stages).filter((entry): entry is [string, ValidateStage] => kindOf(entry[1]) === 'validate');
  const reports: { stage: string; report: ValidationReport }[] = [];
  if (options.fileOnly !== true) {
    const { validateDataset } = await import('../../engine/data/validation/validateDataset.ts');
    for (const [name, stage] of stages) {
      const { signal, note } = context;
      const report = await validateDataset(project, stage, {
        asOf: options.asOf ?? new Date(),
        signal,
        budget: machineBudget(),
        log: (level, message) => {
          if (level !== 'debug') note(() => [message]);
        },
        progress: () => undefined,
      });
      reports.push({ stage: name, report });
    }
  }
  context.answer({ file: project.file, reports }, (style, width) => [
    `${style('green', '✓')} ${t('{file} is in order.', { file: project.file })}`,
    ...reports.flatMap(({ stage, report }) => ['', ...renderValidation(stage, report, style, width)]),
  ]);
  return reports.some(({ report }) => report.verdict === 'failed') ? exitCodes.gate : exitCodes.ok;
}
