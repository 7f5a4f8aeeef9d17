/** What a command depends on: what it says that it reads, and what it is run with. */
import { resolve } from 'node:path';
import { AppError } from '../../../../base/errors.ts';
import { isMissing } from '../../../../base/files.ts';
import { sha256 } from '../../../../base/hash.ts';
import { t } from '../../../../base/localize.ts';
import type { Project } from '../../../project/definitions/project.ts';
import type { RunStage } from '../../../project/definitions/stages/runStage.ts';
import { parseReferences, resolveReferences, valueAsText } from '../../../project/values/references.ts';
import { resolveCommand } from '../../../project/values/splitCommand.ts';
import { digestPackages, findInterpreter, isPython } from '../../key/interpreter.ts';
import { stageVariables } from '../../key/runEnvironment.ts';
import { digestPath } from '../../records/pathDigest.ts';
import type { Resolution, StagePlan } from '../stagePlan.ts';

export const runPlan: StagePlan<RunStage, undefined> = {
  revision: 1,
  resolve: addRunInputs,
  opensRun: () => false, // whether it logs one is its own affair
  sampled: () => undefined, // it reads what it likes
};

/** @throws AppError `pipeline.dependencyMissing`, `pipeline.envFileMissing`, `pipeline.pythonMissing` */
async function addRunInputs(stage: RunStage, { project, name, parts, options }: Resolution): Promise<undefined> {
  const { values, inputs, local } = parts;
  const commands = [stage.run].flat();
  for (const reference of commands.flatMap((command) => parseReferences(command))) {
    if (reference.kind !== 'reference') continue;
    const value = resolveReferences(`\${${reference.name}}`, { params: project.params, env: process.env });
    if (reference.name.startsWith('env.')) local[`\${${reference.name}}`] = sha256(valueAsText(value));
    else values[reference.name] = JSON.stringify(value);
  }
  for (const dep of stage.deps ?? [])
    inputs[`dep ${dep.replaceAll('\\', '/')}`] = await digestDependency(project.root, name, dep, options.signal);
  for (const [variable, value] of Object.entries(await stageVariables(project.root, name, stage))) local[`env ${variable}`] = sha256(value);
  if (stage.shell === true || !usesPython(project, commands)) return;
  local['python packages'] =
    options.quick !== undefined
      ? (options.quick.earlier?.local['python packages'] ?? '')
      : await digestPackages(findInterpreter(project.root, [stage.python, project.python], process.env), options.signal);
}

function usesPython(project: Project, commands: readonly string[]): boolean {
  return commands.some((command) => isPython(resolveCommand(command, { params: project.params, env: process.env })[0] ?? ''));
}

async function digestDependency(root: string, stage: string, dep: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return (await digestPath(root, resolve(root, dep), signal)).digest;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new AppError('pipeline.dependencyMissing', t('The stage {stage} reads {path}, which is not there.', { stage, path: dep }), {
      args: { stage, path: dep },
      cause: error,
      remedy: t('Create the file, or correct "deps" of the stage.'),
    });
  }
}
