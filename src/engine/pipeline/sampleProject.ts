/** A project to try on a sample of its rows: in a folder of its own, so that nothing of the project itself changes. */
import { isAbsolute, join, resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { ensureStateFolder, statePath } from '../../base/stateFolder.ts';
import { removeTree } from '../../base/trees.ts';
import type { DatasetSpec } from '../project/definitions/dataset.ts';
import type { Project } from '../project/definitions/project.ts';
import { roleOf, type StageSpec } from '../project/definitions/stage.ts';
import { planOf } from './stages/plans.ts';
import { parseModelReference } from '../project/values/modelReference.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

export interface SampledProject {
  readonly project: Project;
  /** Stages that are not tried: commands, what registers, and what reads the models of either. */
  readonly leftOut: readonly string[];
}

/** The folder that a trial writes to, below the project's own; what an earlier trial left there is gone. */
function sampleFolder(root: string): string {
  return statePath(root, 'sample');
}

/**
 * The same pipeline over at most so many rows of each data set. It keeps runs, states and outputs in
 * `.millwright/sample`, and registers nothing: the store, the registry, aliases, the lock file and outputs of the project stay as
 * they are. Limits of gates are left out, for a sample says nothing of them.
 * @throws AppError `pipeline.nothingToSample`, `files.…`
 */
export async function sampleProject(project: Project, rows: number): Promise<SampledProject> {
  const root = sampleFolder(project.root);
  const stages = Object.fromEntries(
    Object.entries(project.stages).flatMap(([name, stage]) => {
      const tried = triedOf(stage, project);
      return tried === undefined ? [] : [[name, tried] as const];
    }),
  );
  const leftOut = Object.keys(project.stages).filter((name) => !Object.hasOwn(stages, name));
  if (Object.keys(stages).length === 0) {
    throw new AppError('pipeline.nothingToSample', t('No stage of the project can be tried on a sample: commands read what they like.'), {
      remedy: t('Run it as it is, or give the command a sample yourself.'),
    });
  }
  await ensureStateFolder(project.root);
  await removeTree(root);
  await ensureStateFolder(root);
  const datasets = Object.fromEntries(Object.entries(project.datasets).map(([name, spec]) => [name, withPlace(spec, project.root)]));
  const named = (needs: readonly string[] | undefined): string[] | undefined => needs?.filter((name) => Object.hasOwn(stages, name));
  const kept = Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, { ...stage, needs: named(stage.needs) }]));
  const sampled = { ...project, root, file: join(root, projectFileName), datasets, stages: kept, sampleRows: rows };
  return { project: sampled, leftOut };
}

/** What is tried of a stage: nothing of one whose model no tried stage makes. */
function triedOf(stage: StageSpec, project: Project): StageSpec | undefined {
  const { model } = roleOf(stage);
  if (model !== undefined) {
    const reference = parseModelReference(model);
    const maker = reference?.kind === 'stage' ? project.stages[reference.stage] : undefined;
    if (maker === undefined || triedOf(maker, project) === undefined) return undefined;
  }
  return planOf(stage).sampled(stage);
}

/** Files are read where they are. */
function withPlace(spec: DatasetSpec, root: string): DatasetSpec {
  return spec.path === undefined || isAbsolute(spec.path) ? spec : { ...spec, path: resolve(root, spec.path) };
}
