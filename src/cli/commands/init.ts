/** `millwright init`: a working project from a data file. */
import { Argument, Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CancelledError } from '../../base/abort.ts';
import { AppError, exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { environments, type Environment } from '../../protocol/audit.ts';
import { splitNames, type ProjectProposal } from '../../protocol/dataset.ts';
import { formatWords, offeredFiles } from '../../protocol/tables/fileFormats.ts';
import { machineBudget } from '../../engine/pipeline/execution/machineBudget.ts';
import { trainerNames } from '../../protocol/tables/trainers.ts';
import { collectReadSetting, collectUse } from '../arguments.ts';
import { addCommand, type CommandContext, type OptionsOf, type Perform, type Person } from '../command.ts';
import { environmentQuestion } from '../permissions.ts';
import { renderProposal, renderYaml, targetNote } from '../render/proposal.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

const dataFile = new RegExp(offeredFiles, 'i');

function declareInit(program: Command) {
  return addCommand(program, 'init', t('write a working project for a data file'), [
    ['millwright init data.csv', t('asks which column to predict')],
    ['millwright init data.parquet --target late --yes --environment development', t('asks nothing')],
    ['millwright init data.csv --trainer logistic --use zip=categorical --read null_values=NA', t('decides some of it before')],
  ])
    .addArgument(new Argument('[data]', t('a {formats} file', { formats: formatWords(t(' or ')) })))
    .option('--target <column>', t('the column to predict'))
    .option(
      '--use <column=use>',
      t('use a column as numeric, categorical, time or ignored, whatever is proposed; several times'),
      collectUse,
    )
    .addOption(new Option('--trainer <name>', t('what learns')).choices(trainerNames))
    .addOption(new Option('--split <name>', t('which rows measure the model: the latest, or some drawn at random')).choices(splitNames))
    .option('--metric <name>', t('what the model is judged by first'))
    .option('--read <key=value>', t('how the file is read, as under read: in the project file; several times'), collectReadSetting)
    .option('--yes', t('ask nothing and take what is proposed'))
    .addOption(new Option('--environment <name>', t('which safeguards apply')).choices(environments))
    .option('--project <folder>', t('where to write the project (default: here)'));
}

type InitOptions = OptionsOf<typeof declareInit>;

export function registerInit(program: Command, perform: Perform): void {
  declareInit(program).action(async (data, options) => {
    await perform(options, async (context) => init(data, options, context));
  });
}

async function init(data: string | undefined, options: InitOptions, context: CommandContext): Promise<number> {
  const { createProject, projectExists } = await import('../../engine/proposal/createProject.ts');
  const root = resolve(options.project ?? '.');
  const path = join(root, projectFileName);
  if (existsSync(path)) throw projectExists(path);
  const person = options.yes === true || context.json ? undefined : context.person;
  const proposal = await propose(resolve(data ?? (await chooseData(root, context))), { root, person, options, context });
  const environment = await chooseEnvironment(options, person);
  const { withEnvironment } = await import('../../engine/project/writeEnvironment.ts');
  const yaml = withEnvironment(proposal.yaml, environment);
  if (person !== undefined) await confirm(proposal, yaml, person, context);
  const { file, ignored } = await createProject(root, yaml);
  const { target, task, columns, trainer, split, metric, warnings } = proposal;
  context.answer({ file, target, task, columns, trainer, split, metric, warnings, environment, ignored }, (style, width) => [
    ...(person === undefined ? [...renderProposal(proposal, style, width), ''] : []),
    `${style('green', '✓')} ${t('Wrote {file}.', { file: relative(process.cwd(), file) })}`,
    ...(person !== undefined || options.environment !== undefined
      ? []
      : [t('The environment is {environment}; --environment names another.', { environment })]),
    ...(ignored.length === 0 ? [] : [`${style('green', '✓')} ${t('Added to .gitignore: {lines}', { lines: ignored.join(' ') })}`]),
    '',
    `${t('Next:')} ${style('bold', 'millwright run')}`,
  ]);
  return exitCodes.ok;
}

interface Proposing {
  readonly root: string;
  readonly person: Person | undefined;
  readonly options: InitOptions;
  readonly context: CommandContext;
}

/** Where nobody can be asked, the one that has the fewest safeguards but is not called a machine of one's own. */
async function chooseEnvironment(options: InitOptions, person: Person | undefined): Promise<Environment> {
  if (options.environment !== undefined) return options.environment;
  return (await environmentQuestion(person)?.()) ?? 'development';
}

/** @throws AppError `init.noTarget`, `init.doubtfulTarget` (kind usage) where nobody can be asked and no target is named */
async function propose(data: string, { root, person, options, context }: Proposing): Promise<ProjectProposal> {
  const { proposeProject } = await import('../../engine/proposal/proposeProject.ts');
  const { parseReadSettings } = await import('../../engine/project/schema/readSettings.ts');
  const { target: named, use: uses, trainer, split, metric } = options;
  const file = { projectRoot: root, budget: machineBudget(), signal: context.signal, read: parseReadSettings(options.read ?? []) };
  const choices = { uses, trainer, split, metric };
  if (named !== undefined) return proposeProject(data, { ...file, ...choices, target: named });
  if (options.yes === true) {
    const proposal = await proposeProject(data, { ...file, ...choices });
    if (proposal.isDoubtful) throw doubtfulTarget(proposal);
    return proposal;
  }
  const first = await proposeProject(data, file);
  if (person === undefined) throw noTarget(first);
  const names = first.profile.columns.map(({ name }) => name);
  const ranked = [...new Set([...first.candidates.map(({ column }) => column), ...names])];
  context.note(() => [
    t('First what is called like the file, then names that targets often have, the last column, and two values only at the end.'),
  ]);
  const target = await person.choose(t('Which column should the model predict?'), {
    choices: ranked.map((value) => ({ value, note: targetNote(first.profile, value) })),
    proposed: first.target,
  });
  const isDecided = Object.values(choices).some((choice) => choice !== undefined);
  return target === first.target && !isDecided ? first : proposeProject(data, { ...file, ...choices, target });
}

function noTarget({ target, profile }: ProjectProposal): AppError {
  return new AppError('init.noTarget', t('Which column should the model predict?'), {
    kind: 'usage',
    remedy: t('Name it with --target, or take the proposal ({target}) with --yes. The columns are {columns}.', {
      target,
      columns: profile.columns
        .slice(0, 30)
        .map(({ name }) => name)
        .join(', '),
    }),
  });
}

function doubtfulTarget({ candidates }: ProjectProposal): AppError {
  const names = candidates.slice(0, 8).map(({ column }) => column);
  return new AppError('init.doubtfulTarget', t('Nothing says which column the model should predict: neither a name nor the last column.'), {
    kind: 'usage',
    args: { candidates: names.join(', ') },
    remedy: t('Name it with --target. The likeliest are {candidates}.', { candidates: names.join(', ') }),
  });
}

/** @throws AppError `init.noData` (kind usage) */
async function chooseData(folder: string, { person }: CommandContext): Promise<string> {
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => dataFile.test(name)).sort() : [];
  if (person !== undefined && names.length > 0) {
    const name = await person.choose(t('Which data?'), { choices: names.map((value) => ({ value })), proposed: names[0] });
    return join(folder, name);
  }
  throw new AppError('init.noData', t('Which data file?'), {
    kind: 'usage',
    remedy: t('Name a {formats} file: millwright init data.csv', { formats: formatWords(t(' or ')) }),
  });
}

async function confirm(proposal: ProjectProposal, yaml: string, person: Person, { note }: CommandContext): Promise<void> {
  note((style, width) => ['', ...renderProposal(proposal, style, width), '', ...renderYaml(yaml, style), '']);
  const answer = await person.ask(t('Write millwright.yaml? [Y/n]'));
  if (/^n/i.test(answer)) throw new CancelledError();
}
