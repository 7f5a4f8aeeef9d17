/** Stages that run a command of the user's: their keys, and what they are to other stages. */
import * as z from 'zod';
import { durationKey } from '../durationKey.ts';
import { stageKeys } from '../stageKeys.ts';
import { defaultsOf, withDefault } from '../withDefault.ts';
import type { StageRole } from './stageRole.ts';

export const runStage = stageKeys('Runs a command of yours.', {
  value: {
    run: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('A command, or several in order. Split into arguments without a shell.'),
    shell: withDefault(z.boolean(), false, "Run through the system's shell, for pipes."),
    deps: z.array(z.string()).optional().describe('Files and folders the command reads.'),
    outs: z.array(z.string()).optional().describe('Files and folders it makes, inside the project.'),
    model: z
      .union([
        z.strictObject({ logged: z.string().min(1).describe('The name under which the command logged the model through MLflow.') }),
        z.strictObject({ path: z.string().min(1).describe('The file or folder of the model, inside the project.') }),
      ])
      .optional()
      .describe('The model it makes: what it logged through MLflow, or a file.'),
  },
  content: {
    env: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Variables of its environment; their values enter the cache key as hashes.'),
    env_file: z.string().optional().describe('A file of NAME=value lines.'),
    python: z.string().optional().describe('The interpreter or virtual environment for this stage.'),
  },
  nothing: {
    retry: withDefault(z.int().min(0).max(10), 0, 'How often to try again after a failure.'),
    timeout: durationKey('The longest time it may take', '30m', ['s', 'm', 'h']).optional(),
  },
});

export const runDefaults = defaultsOf(runStage);
export type RunStage = z.infer<typeof runStage>;

export function runRole({ run, deps = [], outs = [], model }: RunStage): StageRole {
  const commands = [run].flat();
  return {
    commands,
    reads: deps.map((path, index) => ({ path, at: ['deps', index] })),
    writes: outs.map((path, index) => ({ path, at: ['outs', index] })),
    ...(model !== undefined && 'path' in model ? { modelFile: { path: model.path, at: ['model', 'path'] } } : {}),
    detail: commands.join(' && '),
  };
}
