/** `millwright run`: runs the pipeline, or some of its stages, as a job in the foreground or detached. */
import { Option, type Command } from 'commander';
import { AppError, exitCodes } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { Project } from '../../engine/project/definitions/project.ts';
import { collectOverride, parseCount, parseMoment } from '../arguments.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProject } from '../openProject.ts';
import { addPermissionOptions, environmentOf, permissionsOf } from '../permissions.ts';
import { renderResult } from '../render/result.ts';

function declareRun(program: Command) {
  return addPermissionOptions(
    addProjectCommand(program, 'run [stages...]', t('run the stages that changed, or the ones named with what they need'), [
      ['millwright run', t('everything that is not up to date')],
      ['millwright run evaluate --dry-run', t('what would run, and why')],
      ['millwright run --set params.learning_rate=0.05 --note "slower"', t('another value, for this run')],
      ['millwright run train --downstream', t('a stage and what comes after it')],
      ['millwright run train --seeds 5', t('how much chance there is in the figures')],
      ['millwright run --sample 1000', t('try everything on few rows; nothing is registered')],
      ['millwright run --frozen', t('in CI: fail when millwright.lock is stale')],
    ]),
  )
    .option('--set <path=value>', t('another value for a key of the project file (repeatable)'), collectOverride)
    .option('--seeds <count>', t("train with so many seeds, each a nested run; the first one's model is kept"), parseCount)
    .addOption(
      new Option('--sample <rows>', t('try the stages on so many rows of each data set, in .millwright/sample; nothing is registered'))
        .argParser(parseCount)
        .conflicts(['detach', 'frozen']),
    )
    .option('--note <text>', t('a description for the tracked runs'))
    .option('--downstream', t('also the stages that come after the ones named'))
    .option('--force', t('run the named stages even where nothing changed'))
    .option('--dry-run', t('say what would run and why, and change nothing'))
    .option('--frozen', t('fail when millwright.lock is not what this run would write'))
    .option('--as-of <time>', t('the moment that windows such as "last: 30d" end at (default: now)'), parseMoment)
    .option('--wait', t('wait for a run that is going on in this project'))
    .option('--detach', t('start it as a job that this terminal need not wait for'));
}

type RunOptions = OptionsOf<typeof declareRun>;

export function registerRun(program: Command, perform: Perform): void {
  declareRun(program).action(async (stages, options) => {
    await perform(options, async (context) => (options.detach === true ? detach(stages, options, context) : run(stages, options, context)));
  });
}

async function run(stages: readonly string[], options: RunOptions, context: CommandContext): Promise<number> {
  const { signal, answer, watched, noteFailure } = context;
  const { runPipeline } = await import('../../engine/pipeline/runPipeline.ts');
  const opened = await openWithSeeds(options);
  const environment = await environmentOf(opened, context);
  const sample = options.sample === undefined ? undefined : await trialOf(opened, options.sample);
  const project = sample?.project ?? opened;
  const { downstream, force, frozen, dryRun, wait, note, asOf } = options;
  const { value: result, told } = await watched(async (onEvent) =>
    runPipeline(
      {
        project,
        environment,
        command: commandOf(stages, options),
        stages,
        ...{ downstream, force, frozen, dryRun, wait, asOf },
        ...(sample === undefined
          ? { note }
          : { note: [note, sample.note].filter((text) => text !== undefined).join('\n'), unrecorded: true }),
        ...permissionsOf(options),
        secrets: opened.secrets.map(({ value }) => value),
      },
      { signal, onEvent },
    ),
  );
  answer(result, (style, width) => [
    ...renderResult(result, { style, width, told, ...(sample === undefined ? {} : { trial: trialFolder }) }),
    ...(sample === undefined ? [] : ['', sample.note, ...sample.leftOut]),
  ]);
  for (const { error } of result.stages) if (error !== undefined) await noteFailure(error);
  return result.exitCode;
}

/** From the project's folder. */
const trialFolder = '.millwright/sample';

/** The project over a sample of its rows, and what is said of it. */
async function trialOf(project: Project, rows: number): Promise<{ project: Project; note: string; leftOut: readonly string[] }> {
  const { sampleProject } = await import('../../engine/pipeline/sampleProject.ts');
  const { project: sampled, leftOut } = await sampleProject(project, rows);
  const args = { rows: formatCount(rows), folder: trialFolder };
  return {
    project: sampled,
    note: t('A trial on at most {rows} rows of each data set, kept in {folder}: nothing is registered, gates are not judged.', args),
    leftOut:
      leftOut.length === 0
        ? []
        : [t('Not tried: {stages}. A trial registers nothing, and commands read what they like.', { stages: leftOut.join(', ') })],
  };
}

/**
 * The project, every stage that has seeds with as many as asked for.
 * @throws AppError `run.nothingToTrain` (kind usage) and as {@link openProject}
 */
async function openWithSeeds(options: RunOptions): Promise<Awaited<ReturnType<typeof openProject>>> {
  const project = await openProject(options, options.set);
  const { seeds } = options;
  if (seeds === undefined) return project;
  const { kindOf, stageDefinitions } = await import('../../engine/project/definitions/stage.ts');
  const trained = Object.entries(project.stages).filter(([, stage]) => 'seeds' in stageDefinitions[kindOf(stage)].shape);
  if (trained.length === 0) {
    throw new AppError('run.nothingToTrain', t('"--seeds" has no meaning here: no stage of the project trains a model of Millwright\'s.'), {
      kind: 'usage',
      remedy: t('Leave it out. A script of your own takes its seed as an argument.'),
    });
  }
  return openProject(options, { ...options.set, ...Object.fromEntries(trained.map(([name]) => [`stages.${name}.seeds`, String(seeds)])) });
}

/** The environment is settled here, because nobody can ask a detached job's terminal. */
async function detach(stages: readonly string[], options: RunOptions, context: CommandContext): Promise<number> {
  const { signal, answer } = context;
  const { startDetachedJob } = await import('../../engine/jobs/startDetachedJob.ts');
  const project = await openWithSeeds(options);
  await environmentOf(project, context);
  const job = await startDetachedJob(project.root, commandOf(stages, options), { signal });
  answer(job, (style) => [
    `${style('green', '✓')} ${t('Started as job {id}.', { id: job.record.id })}`,
    `${t('Follow it:')} ${style('bold', 'millwright jobs follow')}   ${t('Stop it:')} ${style('bold', 'millwright cancel')}`,
  ]);
  return job.result?.exitCode ?? exitCodes.ok;
}

/** The command that does the same from the project folder, in the foreground. */
function commandOf(stages: readonly string[], options: RunOptions): string[] {
  const flags = { downstream: options.downstream, force: options.force, frozen: options.frozen, wait: options.wait };
  const values = {
    seeds: options.seeds?.toString(),
    note: options.note,
    ticket: options.ticket,
    'approved-by': options.approvedBy,
    'as-of': options.asOf?.toISOString(),
  };
  return [
    'run',
    ...stages,
    ...Object.entries(flags).flatMap(([name, value]) => (value === true ? [`--${name}`] : [])),
    ...Object.entries(options.set ?? {}).flatMap(([path, value]) => ['--set', `${path}=${value}`]),
    ...Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
  ];
}
