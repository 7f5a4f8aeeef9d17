/** Which environment's safeguards count for a project: what its file says, else what this user answered once. Never a guess. */
import { join } from 'node:path';
import * as z from 'zod';
import { CancelledError } from '../../base/abort.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { AppError } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { takeLock } from '../../base/lock.ts';
import { configFolder } from '../../base/userFolder.ts';
import type { Environment } from '../../protocol/audit.ts';
import { environmentDefinition, type Project } from './definitions/project.ts';

/** `projects.json`, by the real path of the project folder. */
const rememberedProjects = z.object({
  version: z.literal(1),
  projects: z.record(z.string(), z.object({ environment: environmentDefinition })),
});
type RememberedProjects = z.infer<typeof rememberedProjects>;

const rememberedFile = (): string => join(configFolder(), 'projects.json');

/**
 * What is known without asking anybody: the file's own word, then the remembered answer.
 * @throws AppError `project.configUnreadable`
 */
export async function knownEnvironment(project: Pick<Project, 'root' | 'environment'>): Promise<Environment | undefined> {
  return project.environment ?? (await readRemembered()).projects[project.root]?.environment;
}

/**
 * The environment of a project; asked for once where neither file nor memory has it.
 * @param ask undefined where nobody can be asked; resolves to undefined when the user declines
 * @param remember keeps the answer
 * @throws AppError `project.environmentUnknown` (kind usage) where nobody can be asked; CancelledError when the user declines
 */
export async function resolveEnvironment(
  project: Pick<Project, 'root' | 'environment'>,
  ask?: () => Promise<Environment | undefined>,
  remember: (root: string, environment: Environment) => Promise<void> = rememberEnvironment,
): Promise<Environment> {
  const known = await knownEnvironment(project);
  if (known !== undefined) return known;
  if (ask === undefined) {
    throw new AppError('project.environmentUnknown', t('It is not known which environment {root} is used in.', { root: project.root }), {
      kind: 'usage',
      args: { root: project.root },
      remedy: t('Write "environment: development" (or homelab, staging, production) into millwright.yaml.'),
    });
  }
  const answer = await ask();
  if (answer === undefined) throw new CancelledError();
  await remember(project.root, answer);
  return answer;
}

/**
 * Remembers the user's answer for a project folder.
 * @throws AppError `files.…` where the user's folder cannot be written, `project.configUnreadable`, `project.configBusy`
 */
export async function rememberEnvironment(root: string, environment: Environment): Promise<void> {
  using lock = await takeLock(join(configFolder(), 'projects.lock'));
  if (lock === undefined) {
    throw new AppError('project.configBusy', t('{file} is being written by somebody else.', { file: rememberedFile() }), {
      kind: 'busy',
      remedy: t('Try again in a moment.'),
    });
  }
  const { projects } = await readRemembered();
  const next: RememberedProjects = { version: 1, projects: { ...projects, [root]: { environment } } };
  await writeAtomic(rememberedFile(), `${JSON.stringify(next, undefined, 2)}\n`);
}

async function readRemembered(): Promise<RememberedProjects> {
  const file = rememberedFile();
  try {
    const text = await readIfPresent(file);
    return text === undefined ? { version: 1, projects: {} } : rememberedProjects.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('project.configUnreadable', t('{file} cannot be read, or a newer Millwright wrote it.', { file }), {
      kind: 'environment',
      args: { file },
      cause,
      remedy: t('Update Millwright, or delete the file to be asked again.'),
    });
  }
}
