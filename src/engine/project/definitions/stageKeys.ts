/** The keys of a stage, sorted by what they do to its result: none can be defined without saying so. */
import * as z from 'zod';

/**
 * `value`: the result depends on the value itself. `content`: it depends on what the value stands for, such as a variable's value or
 * an interpreter's packages. `nothing`: it does not.
 */
export type Effect = 'value' | 'content' | 'nothing';

type Shape = Readonly<Record<string, z.ZodType>>;
interface Keys<V extends Shape, C extends Shape, N extends Shape> {
  readonly value: V;
  readonly content: C;
  readonly nothing: N;
}
type Stage<S extends Shape> = z.ZodObject<S, z.core.$strict> & { readonly effects: Readonly<Record<keyof S, Effect>> };

export const stageName = z.string().min(1).meta({ refersTo: 'stage' });

/** What every kind of stage has. */
const everyStage = {
  value: {},
  content: {},
  nothing: {
    needs: z.array(stageName).optional().describe('Stages that must come before this one, besides those that follow from what it reads.'),
  },
};
type Every = typeof everyStage;

/** @param description what such a stage is for */
export function stageKeys<V extends Shape, C extends Shape, N extends Shape>(
  description: string,
  own: Keys<V, C, N>,
): Stage<V & Every['value'] & C & Every['content'] & N & Every['nothing']> {
  const keys = {
    value: { ...own.value, ...everyStage.value },
    content: { ...own.content, ...everyStage.content },
    nothing: { ...own.nothing, ...everyStage.nothing },
  };
  const shape = { ...keys.value, ...keys.content, ...keys.nothing };
  const effects = Object.fromEntries(
    (Object.keys(keys) as Effect[]).flatMap((effect) => Object.keys(keys[effect]).map((key) => [key, effect] as const)),
  ) as Readonly<Record<keyof typeof shape, Effect>>;
  return Object.assign(z.strictObject(shape).describe(description), { effects });
}
