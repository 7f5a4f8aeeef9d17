/** What is used of WebAssembly; TypeScript describes it for browsers only. */

/** A compiled module; threads may be given it. */
export type WebAssemblyModule = object;

interface Memory {
  readonly buffer: ArrayBuffer;
}

interface WebAssembly {
  validate(code: Uint8Array): boolean;
  compile(code: Uint8Array): Promise<WebAssemblyModule>;
  readonly Memory: new (pages: { readonly initial: number }) => Memory;
  readonly Instance: new (
    module: WebAssemblyModule,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: unknown };
}

export const { WebAssembly: webAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssembly };
