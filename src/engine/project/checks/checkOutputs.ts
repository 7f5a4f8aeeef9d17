/** Whether what stages write has places of its own: inside the project, written once, and read by nothing that comes before. */
import { posix } from 'node:path';
import { t } from '../../../base/localize.ts';
import type { CheckInput } from './checkInput.ts';
import { roleOf, type StageSpec } from '../definitions/stage.ts';
import { OutputIndex, reads } from '../graph/outputIndex.ts';
import { splitCommand } from '../values/splitCommand.ts';
import { inputsOf, outputsOf } from '../graph/stageGraph.ts';
import type { Path } from '../text/yamlTree.ts';
import { artifactsFolder, databaseName, lockFileName, projectFileName } from '../../../protocol/tables/storedNames.ts';

export function checkOutputs(input: CheckInput): void {
  const outputs = Object.entries(input.stages).flatMap(([stage, spec]) =>
    outputsOf(stage, spec).map(({ output, path }): Output => ({ stage, spec, output, path })),
  );
  const inside = outputs.filter((one) => isInside(one, input));
  const ordered = new Map(inside.map((one, order) => [one, order]));
  const written = new OutputIndex(inside.map((value) => ({ output: value.output, value })));
  const kept = keptFiles(input);
  for (const [one, order] of ordered) {
    checkUnread(one, kept, input);
    const met = written.metByPath(one.output);
    input.diagnostics.spend(1 + met.length);
    const other = met.find((earlier) => (ordered.get(earlier) ?? order) < order);
    if (other !== undefined) addConflict(one, other, input);
  }
}

function isInside({ output, path }: Output, { diagnostics, spanOf }: CheckInput): boolean {
  if (!leavesFolder(output)) return true;
  diagnostics.spend();
  diagnostics.add('files.outsideProject', t('The output {output} would lie outside the project folder.', { output }), spanOf(path), {
    args: { output },
    remedy: t('Choose a path inside the project folder.'),
  });
  return false;
}

function addConflict({ output, path }: Output, other: Output, { diagnostics, spanOf }: CheckInput): void {
  const message = t('{output} is also written by the stage "{stage}" ({other}).', {
    output,
    stage: other.stage,
    other: other.output,
  });
  diagnostics.add('project.outputConflict', message, spanOf(path), {
    args: { output, stage: other.stage },
    remedy: t('Give every stage an output of its own.'),
  });
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
const ownPlaces = [projectFileName, lockFileName, databaseName, artifactsFolder, '.millwright'];

/** What no stage may write: by path, what makes up the project, and the scripts that stages run. */
interface KeptFiles {
  readonly own: OutputIndex<string>;
  readonly scripts: OutputIndex<string>;
}

function keptFiles({ stages, paramsFile }: CheckInput): KeptFiles {
  const own = [...ownPlaces, ...(paramsFile === undefined ? [] : [paramsFile])];
  const scripts = Object.values(stages).flatMap((stage) => (roleOf(stage).commands ?? []).flatMap(scriptOf));
  const indexed = (files: readonly string[]): OutputIndex<string> => new OutputIndex(files.map((value) => ({ output: value, value })));
  return { own: indexed(own), scripts: indexed(scripts) };
}

/** What a stage reads itself, it cannot make: it would never be up to date. What makes up the project is not made by it. */
function checkUnread({ stage, spec, output, path }: Output, kept: KeptFiles, input: CheckInput): void {
  const add = (reason: string, remedy: string): void => {
    input.diagnostics.add('project.outputIsRead', reason, input.spanOf(path), { args: { output, stage }, remedy });
  };
  const inputs = inputsOf(stage, spec, input, (steps) => {
    input.diagnostics.spend(steps);
  });
  input.diagnostics.spend(inputs.length);
  const own = inputs.find((read) => reads(read.input, output));
  if (own !== undefined) {
    add(
      t('The stage "{stage}" reads {input} and writes {output}, so it would change what it reads.', { stage, input: own.input, output }),
      roleOf(spec).commands !== undefined
        ? t('Leave it under "deps" if the command only reads it, or under "outs" if it only writes it.')
        : t('Write to another file.'),
    );
    return;
  }
  const script = kept.scripts.firstWithin(output);
  if (kept.own.firstAround(output) !== undefined)
    add(t('The output {output} would replace what makes up the project.', { output }), t('Write to another file.'));
  else if (script !== undefined)
    add(t('The output {output} would replace {script}, which a stage runs.', { output, script }), t('Write to another file.'));
}

/** Scripts that a command is, or that it gives to an interpreter. */
function scriptOf(command: string): string[] {
  try {
    const [program = '', ...words] = splitCommand(command);
    const script = words.find((word) => !word.startsWith('-')) ?? '';
    return [program, script].filter((word) => /\.(py|m?[jt]s|sh|r|jl|rb|pl)$/i.test(word));
  } catch {
    return []; // its quotes are told where the command is checked
  }
}
