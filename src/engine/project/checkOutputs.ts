/** Whether what stages write has places of its own: inside the project, written once, and read by nothing that comes before. */
import { posix } from 'node:path';
import { t } from '../../base/localize.ts';
import type { CheckInput } from './checkInput.ts';
import type { StageSpec } from './definitions/stage.ts';
import { isSameOrInside, reads } from './outputIndex.ts';
import { splitCommand } from './splitCommand.ts';
import { inputsOf, outputsOf } from './stageGraph.ts';
import type { Path } from './yamlTree.ts';

export function checkOutputs(input: CheckInput): void {
  const written: { stage: string; output: string }[] = [];
  for (const [stage, spec] of Object.entries(input.stages)) {
    for (const { output, path } of outputsOf(stage, spec)) {
      if (leavesFolder(output)) {
        input.diagnostics.add(
          'files.outsideProject',
          t('The output {output} would lie outside the project folder.', { output }),
          input.spanOf(path),
          {
            args: { output },
            remedy: t('Choose a path inside the project folder.'),
          },
        );
        continue;
      }
      checkUnread({ stage, spec, output, path }, input);
      const other = written.find((earlier) => isSameOrInside(output, earlier.output) || isSameOrInside(earlier.output, output));
      if (other !== undefined) {
        const message = t('{output} is also written by the stage "{stage}" ({other}).', {
          output,
          stage: other.stage,
          other: other.output,
        });
        input.diagnostics.add('project.outputConflict', message, input.spanOf(path), {
          args: { output, stage: other.stage },
          remedy: t('Give every stage an output of its own.'),
        });
      }
      written.push({ stage, output });
    }
  }
}

/** Lexically, on every system alike; links are followed when the stage runs. The folder itself is no output either. */
function leavesFolder(path: string): boolean {
  if (/^([\\/]|[A-Za-z]:)/.test(path)) return true;
  const steps = posix.normalize(path.replaceAll('\\', '/')).split('/');
  return steps[0] === '..' || steps[0] === '.';
}

interface Output {
  readonly stage: string;
  readonly spec: StageSpec;
  readonly output: string;
  readonly path: Path;
}

/** The files and folders in which a project keeps itself. */
const ownPlaces = ['millwright.yaml', 'millwright.lock', 'mlflow.db', 'mlruns', '.millwright'];

/** What a stage reads itself, it cannot make: it would never be up to date. What makes up the project is not made by it. */
function checkUnread({ stage, spec, output, path }: Output, input: CheckInput): void {
  const add = (reason: string, remedy: string): void => {
    input.diagnostics.add('project.outputIsRead', reason, input.spanOf(path), { args: { output, stage }, remedy });
  };
  const own = inputsOf(stage, spec, input.datasets).find((read) => reads(read.input, output));
  if (own !== undefined) {
    add(
      t('The stage "{stage}" reads {input} and writes {output}, so it would change what it reads.', { stage, input: own.input, output }),
      'run' in spec
        ? t('Leave it under "deps" if the command only reads it, or under "outs" if it only writes it.')
        : t('Write to another file.'),
    );
    return;
  }
  const place = [...ownPlaces, ...(input.paramsFile === undefined ? [] : [input.paramsFile])].find((kept) => isSameOrInside(output, kept));
  const script = scriptsOf(input).find((file) => isSameOrInside(file, output));
  if (place !== undefined) add(t('The output {output} would replace what makes up the project.', { output }), t('Write to another file.'));
  else if (script !== undefined)
    add(t('The output {output} would replace {script}, which a stage runs.', { output, script }), t('Write to another file.'));
}

/** Scripts that commands are, or that they give to an interpreter. */
function scriptsOf({ stages }: CheckInput): string[] {
  return Object.values(stages).flatMap((stage) => ('run' in stage ? [stage.run].flat().flatMap(scriptOf) : []));
}

function scriptOf(command: string): string[] {
  try {
    const [program = '', ...words] = splitCommand(command);
    const script = words.find((word) => !word.startsWith('-')) ?? '';
    return [program, script].filter((word) => /\.(py|m?[jt]s|sh|r|jl|rb|pl)$/i.test(word));
  } catch {
    return []; // its quotes are told where the command is checked
  }
}
