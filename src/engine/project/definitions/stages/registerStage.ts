/** Stages that put a model into the registry: their keys, and what they are to other stages. */
import * as z from 'zod';
import { stageKeys } from '../stageKeys.ts';
import { defaultsOf, withDefault } from '../withDefault.ts';
import { stageUsesDescription } from './sharedKeys.ts';
import type { StageRole } from './stageRole.ts';

export const registerStage = stageKeys('Puts a model into the registry. Equal models keep their version.', {
  value: {
    model: z.string().min(1).meta({ description: 'The train stage whose model is registered.', refersTo: 'trainedModel' }),
    name: z.string().min(1).describe('The name of the registered model.'),
    alias: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/)
      .meta({ form: 'letters, digits, - and _, starting with a letter' })
      .optional()
      .describe(
        'The alias to move to this version. It stays where it is where an evaluation finds the model no better than its baseline, or worse than the version that the alias names.',
      ),
    allow_worse: withDefault(z.boolean(), false, 'Whether the alias moves to a model that is no better all the same.'),
    description: z.string().optional().describe('What this model is.'),
    tags: z.record(z.string(), z.string()).optional().describe('Tags of the version.'),
  },
  content: { uses: z.literal('register').describe(stageUsesDescription) },
  nothing: {},
});

export const registerDefaults = defaultsOf(registerStage);
export type RegisterStage = z.infer<typeof registerStage>;

export function registerRole({ model, name, alias, allow_worse: allowWorse = registerDefaults.allow_worse }: RegisterStage): StageRole {
  return { model, heeds: alias === undefined ? undefined : model, registers: { name, alias, allowWorse } };
}
