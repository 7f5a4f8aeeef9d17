/** From where a command is called to the project it works on. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import { isMissing } from '../base/files.ts';
import { t } from '../base/localize.ts';
import type { Project } from '../engine/project/definitions/project.ts';
import type { LoadedProject } from '../engine/project/loadProject.ts';
import { FailuresError, type ProjectOptions } from './command.ts';

/**
 * Real path of the project folder: the one named, or the nearest with a project file from here upward.
 * @throws AppError `project.notFound`
 */
export async function openProjectRoot({ project }: ProjectOptions): Promise<string> {
  if (project !== undefined) return realPathIfPresent(resolve(project));
  const { findProjectRoot } = await import('../engine/project/loadProject.ts');
  const folder = process.cwd();
  const root = await findProjectRoot(folder);
  if (root !== undefined) return root;
  throw new AppError('project.notFound', t('There is no millwright.yaml in {folder} or in a folder above it.', { folder }), {
    kind: 'usage',
    args: { folder },
    remedy: t('Run "millwright init" with a data file to make one, or name the project with --project.'),
  });
}

async function realPathIfPresent(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

/**
 * The project a command works on, every problem of its file shown at once.
 * @param overrides values of `--set`, by path
 * @throws AppError `project.notFound`; FailuresError with the problems of the file
 */
export async function openProject(
  options: ProjectOptions,
  overrides: Readonly<Record<string, string>> = {},
): Promise<Project & Pick<LoadedProject, 'secrets'>> {
  const { loadProject } = await import('../engine/project/loadProject.ts');
  const { project, diagnostics, secrets } = await loadProject(await openProjectRoot(options), { overrides });
  if (project === undefined) throw new FailuresError(diagnostics);
  return { ...project, secrets };
}
