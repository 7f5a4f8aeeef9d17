/**
 * How the two sides of a connection agree: a contract names every request and event with its types,
 * handlers are a mapped type over it, and the other side is seen as an object with methods.
 */

declare const carried: unique symbol;

/** Where the engine answers: in its own thread, or in the thread for stores and project files, or the one for data. */
export type AnsweredIn = 'engine' | 'stores' | 'data';

/** A question with an answer. */
export interface RequestToken<Params, Result, Where extends AnsweredIn = AnsweredIn> {
  readonly kind: 'request';
  /** Safe to send again after the other side restarted. */
  readonly idempotent: boolean;
  /** Refused by the receiver while the workspace is untrusted. */
  readonly needsTrust: boolean;
  readonly where: Where;
  readonly [carried]?: (params: Params) => Result;
}

/** A question that is answered where it arrives, unless it is said otherwise. */
export interface NewRequest<Params, Result> extends RequestToken<Params, Result, 'engine'> {
  readonly in: <Where extends AnsweredIn>(where: Where) => RequestToken<Params, Result, Where>;
}

/** A statement without an answer. */
export interface EventToken<Params> {
  readonly kind: 'event';
  readonly [carried]?: (params: Params) => void;
}

export type Contract = Readonly<Record<string, RequestToken<never, unknown> | EventToken<never>>>;

/** A request that only reads, allowed in an untrusted workspace. */
export function query<Params, Result>(): NewRequest<Params, Result> {
  return request({ idempotent: true, needsTrust: false });
}

/** A request that reads with the help of native code (DuckDB, ONNX Runtime) or runs something: trusted workspaces only. */
export function trustedQuery<Params, Result>(): NewRequest<Params, Result> {
  return request({ idempotent: true, needsTrust: true });
}

/** A request that changes something: never sent twice, trusted workspaces only. */
export function command<Params, Result>(): NewRequest<Params, Result> {
  return request({ idempotent: false, needsTrust: true });
}

function request<Params, Result>(rules: { readonly idempotent: boolean; readonly needsTrust: boolean }): NewRequest<Params, Result> {
  return { kind: 'request', ...rules, where: 'engine', in: (where) => ({ kind: 'request', ...rules, where }) };
}

export function event<Params>(): EventToken<Params> {
  return { kind: 'event' };
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** One function per name; leaving one out does not compile. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: C[K] extends RequestToken<infer P, infer R>
    ? (params: P, signal: AbortSignal) => R | Promise<R>
    : C[K] extends EventToken<infer P>
      ? (params: P) => void
      : never;
};

/** The other side as an object with methods. */
export type Remote<C extends Contract> = {
  readonly [K in keyof C]: C[K] extends RequestToken<infer P, infer R>
    ? (params: P, options?: RequestOptions) => Promise<R>
    : C[K] extends EventToken<infer P>
      ? (params: P) => void
      : never;
};

/** The part of a contract that is answered in some places; events are in none. */
export type PartIn<C extends Contract, Where extends AnsweredIn> = {
  readonly [K in keyof C as C[K] extends { readonly where: Where } ? K : never]: C[K];
};

export function partIn<C extends Contract, Where extends AnsweredIn>(contract: C, ...places: readonly Where[]): PartIn<C, Where> {
  const isThere = (token: C[string]): boolean => token.kind === 'request' && (places as readonly AnsweredIn[]).includes(token.where);
  return Object.fromEntries(Object.entries(contract).filter(([, token]) => isThere(token as C[string]))) as PartIn<C, Where>;
}
