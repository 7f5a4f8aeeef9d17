/** Keys that may be left out, with what holds then: said once, for the reader, for the JSON Schema and for the code. */
import type * as z from 'zod';

/** A key with the value that holds where it is left out. */
export type Defaulted<T extends z.ZodType, D> = z.ZodOptional<T> & { readonly fallback: D };

/** @param words what the key is for; the default is added to them */
export function withDefault<T extends z.ZodType, const D extends z.output<T>>(schema: T, fallback: D, words: string): Defaulted<T, D> {
  const described = schema.optional().meta({ description: `${words} Default: ${inWords(fallback)}.`, default: fallback });
  return Object.assign(described, { fallback });
}

/** `0.1`, `true`, `utf-8`; a single sign in quotes. */
function inWords(value: unknown): string {
  return typeof value === 'string' && value.length === 1 ? `"${value}"` : String(value);
}

type DefaultsOf<S> = {
  readonly [K in keyof S as S[K] extends { readonly fallback: unknown } ? K : never]: S[K] extends { readonly fallback: infer D }
    ? D
    : never;
};

/** What holds for the keys of a mapping that are left out, by key. */
export function defaultsOf<S extends z.ZodRawShape>({ shape }: { readonly shape: S }): DefaultsOf<S> {
  const entries = Object.entries(shape).flatMap(([key, schema]) => ('fallback' in schema ? [[key, schema.fallback] as const] : []));
  return Object.fromEntries(entries) as DefaultsOf<S>;
}
