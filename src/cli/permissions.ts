/** Who makes a change, where, and with which permission: what the audit log is told. */
import type { Command, OptionValues } from 'commander';
import { t } from '../base/localize.ts';
import type { Project } from '../engine/project/definitions/project.ts';
import type { LoadedProject } from '../engine/project/loadProject.ts';
import type { AuditLog } from '../engine/safety/change.ts';
import type { Environment } from '../protocol/audit.ts';
import { environmentChoices } from '../protocol/environments.ts';
import type { CommandContext, OptionsOf, Person, ProjectOptions } from './command.ts';

/** Options of every command that makes a change which may need a permission. */
export type PermissionOptions = OptionsOf<typeof addPermissionOptions<[], ProjectOptions, ProjectOptions>>;

/** What staging and production ask for. */
export function addPermissionOptions<Args extends unknown[], Options extends OptionValues, Globals extends OptionValues>(
  command: Command<Args, Options, Globals>,
) {
  return command
    .option('--ticket <id>', t('the change ticket (default: MILLWRIGHT_TICKET)'))
    .option('--approved-by <name>', t('who approved the change (default: MILLWRIGHT_APPROVED_BY)'));
}

/** What was named on the command line, else in the environment. */
export function permissionsOf({ ticket, approvedBy }: PermissionOptions): Pick<AuditLog, 'ticket' | 'approvedBy'> {
  return { ticket: ticket ?? process.env.MILLWRIGHT_TICKET, approvedBy: approvedBy ?? process.env.MILLWRIGHT_APPROVED_BY };
}

/** Asks which safeguards apply, where a person can be asked. */
export function environmentQuestion(person: Person | undefined): (() => Promise<Environment>) | undefined {
  if (person === undefined) return undefined;
  const choices = environmentChoices().map(({ environment, note }) => ({ value: environment, note }));
  const proposed: Environment = 'development';
  return async () => (await person.choose(t('Which environment is this project in?'), { choices, proposed })) as Environment;
}

/**
 * The environment of a project, asked for where neither its file nor the user's memory has it; the answer goes into the file.
 * @throws AppError `project.environmentUnknown` where nobody can be asked; CancelledError
 */
export async function environmentOf(
  project: Pick<Project, 'root' | 'environment'>,
  { person }: Pick<CommandContext, 'person'>,
): Promise<Environment> {
  const [{ resolveEnvironment }, { recordEnvironment }] = await Promise.all([
    import('../engine/project/environment.ts'),
    import('../engine/project/writeEnvironment.ts'),
  ]);
  return resolveEnvironment(project, environmentQuestion(person), recordEnvironment);
}

/**
 * What the audit log is told of a change that this command makes.
 * @throws AppError `project.environmentUnknown` where the environment is not known and nobody can be asked; CancelledError
 */
export async function openAuditLog(
  project: Project & Pick<LoadedProject, 'secrets'>,
  options: PermissionOptions,
  context: CommandContext,
): Promise<AuditLog> {
  const [{ currentUser }, { secretValues }] = await Promise.all([
    import('../engine/jobs/beginJob.ts'),
    import('../engine/safety/secretValues.ts'),
  ]);
  return {
    root: project.root,
    user: currentUser(),
    environment: await environmentOf(project, context),
    ...permissionsOf(options),
    command: ['millwright', ...typedCommand().map(quoted)].join(' '),
    jobId: undefined,
    secrets: [...secretValues(process.env), ...project.secrets.map(({ value }) => value)],
  };
}

/** What the user typed after `millwright`. */
export function typedCommand(): string[] {
  return process.argv.slice(2);
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
