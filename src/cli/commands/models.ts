/** `millwright models`: the registry, and `models alias`, which moves an alias. */
import type { Command, CommandUnknownOpts } from 'commander';
import { AppError, exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { RegisteredModel } from '../../protocol/model.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform, type ProjectOptions } from '../command.ts';
import { addPermissionOptions, openAuditLog } from '../permissions.ts';
import { openProject, openProjectRoot } from '../openProject.ts';
import { renderModels } from '../render/models.ts';

function declareAlias(models: CommandUnknownOpts) {
  return addPermissionOptions(
    addProjectCommand(models, 'alias <model> <alias> [version]', t('let an alias name a version, or take it away'), [
      ['millwright models alias flights champion 3', t('version 3 becomes the champion')],
      ['millwright undo 12', t('take it back, by its line in "millwright audit"')],
    ]).option('--delete', t('take the alias away')),
  );
}

type AliasOptions = OptionsOf<typeof declareAlias>;

export function registerModels(program: Command, perform: Perform): void {
  const models = addProjectCommand(program, 'models', t('list the registered models, their versions and aliases'), [
    ['millwright models', t('every model, newest version first')],
    ['millwright models alias flights champion 3', t('let an alias name a version')],
    ['millwright models alias flights champion --delete', t('take an alias away')],
  ]).action(async (options) => {
    await perform(options, async (context) => list(options, context));
  });
  declareAlias(models).action(async (model, alias, version, _options, command) => {
    const options: AliasOptions = command.optsWithGlobals();
    await perform(options, async (context) => moveAlias({ model, alias, version }, options, context));
  });
}

async function readModels(root: string, signal: AbortSignal): Promise<readonly RegisteredModel[]> {
  const [{ openStore }, { collectItems }, { findMaker }] = await Promise.all([
    import('../../engine/stores/openStore.ts'),
    import('../../engine/tracking/store/pages.ts'),
    import('../../engine/pipeline/key/modelMakers.ts'),
  ]);
  await using reader = openStore({ root }).registry();
  const models = await collectItems(async (page) => reader.models({ page, signal }));
  return await Promise.all(
    models.map(async (model) => {
      const versions = model.versions.map(async (version) => ({ ...version, madeBy: await findMaker(root, version.source) }));
      return { ...model, versions: await Promise.all(versions) };
    }),
  );
}

async function list(options: ProjectOptions, { answer, signal }: CommandContext): Promise<number> {
  const models = await readModels(await openProjectRoot(options), signal);
  answer(models, (style, width) => renderModels(models, { style, now: Date.now(), ...(width === undefined ? {} : { width }) }));
  return exitCodes.ok;
}

interface AliasArguments {
  readonly model: string;
  readonly alias: string;
  readonly version: string | undefined;
}

async function moveAlias({ model, alias, version }: AliasArguments, options: AliasOptions, context: CommandContext): Promise<number> {
  const { answer } = context;
  const [{ deleteAlias, setAlias }, { undoStates }, { reapJobs }] = await Promise.all([
    import('../../engine/stores/aliases.ts'),
    import('../../engine/pipeline/undo/undoPerformers.ts'),
    import('../../engine/jobs/reapJobs.ts'),
  ]);
  const project = await openProject(options);
  const log = await openAuditLog(project, options, context);
  await reapJobs(project.root, ['models', 'alias', model, alias], undoStates(project.root));
  if (options.delete === true) {
    await deleteAlias(log, { model, alias });
    answer({ model, alias, version: null }, (style) => [
      `${style('green', '✓')} ${t('{model} has no alias {alias} any more.', { model, alias })}`,
    ]);
    return exitCodes.ok;
  }
  const number = versionNumber(version);
  await setAlias(log, { model, alias, version: number });
  answer({ model, alias, version: number }, (style) => [
    `${style('green', '✓')} ${t('{model}@{alias} is version {version}.', { model, alias, version: number })}`,
  ]);
  return exitCodes.ok;
}

/** @throws AppError `models.noVersion` (kind usage) */
function versionNumber(text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && Number.isSafeInteger(value) && value >= 1) return value;
  throw new AppError(
    'models.noVersion',
    text === undefined ? t('Which version?') : t('"{text}" is no version: versions count from 1.', { text }),
    {
      kind: 'usage',
      remedy: t('Name it: millwright models alias <model> <alias> <version>. See them with "millwright models".'),
    },
  );
}
