/** The keys of a stage, sorted by what they do to its result: none can be defined without saying so. */
import * as z from 'zod';

/**
 * `value`: the result depends on the value itself. `content`: it depends on what the value stands for, such as a variable's value or
 * an interpreter's packages. `nothing`: it does not.
 */
export type Effect = 'value' | 'content' | 'nothing';

type Shape = Readonly<Record<string, z.ZodType>>;
type Stage<S extends Shape> = z.ZodObject<S, z.core.$strict> & { readonly effects: Readonly<Record<keyof S, Effect>> };

/** @param description what such a stage is for */
export function stageKeys<V extends Shape, C extends Shape, N extends Shape>(
  description: string,
  keys: { readonly value: V; readonly content: C; readonly nothing: N },
): Stage<V & C & N> {
  const shape: V & C & N = { ...keys.value, ...keys.content, ...keys.nothing };
  const effects = Object.fromEntries(
    (Object.keys(keys) as Effect[]).flatMap((effect) => Object.keys(keys[effect]).map((key) => [key, effect] as const)),
  ) as Readonly<Record<keyof (V & C & N), Effect>>;
  return Object.assign(z.strictObject(shape).describe(description), { effects });
}
