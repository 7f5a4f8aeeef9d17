/**
 * How the two sides of a connection agree: a contract names every request and event with its types,
 * handlers are a mapped type over it, and the other side is seen as an object with methods.
 */

declare const carried: unique symbol;

/** A question with an answer. */
export interface RequestToken<Params, Result> {
  readonly kind: 'request';
  /** Safe to send again after the other side restarted. */
  readonly idempotent: boolean;
  /** Refused by the receiver while the workspace is untrusted. */
  readonly needsTrust: boolean;
  readonly [carried]?: (params: Params) => Result;
}

/** A statement without an answer. */
export interface EventToken<Params> {
  readonly kind: 'event';
  readonly [carried]?: (params: Params) => void;
}

export type Contract = Readonly<Record<string, RequestToken<never, unknown> | EventToken<never>>>;

/** A request that only reads, allowed in an untrusted workspace. */
export function query<Params, Result>(): RequestToken<Params, Result> {
  return { kind: 'request', idempotent: true, needsTrust: false };
}

/** A request that reads with the help of native code (DuckDB, ONNX Runtime) or runs something: trusted workspaces only. */
export function trustedQuery<Params, Result>(): RequestToken<Params, Result> {
  return { kind: 'request', idempotent: true, needsTrust: true };
}

/** A request that changes something: never sent twice, trusted workspaces only. */
export function command<Params, Result>(): RequestToken<Params, Result> {
  return { kind: 'request', idempotent: false, needsTrust: true };
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
