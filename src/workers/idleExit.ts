/** Ends this process when nobody has needed it for a while. */

export class IdleExit {
  readonly #idleMs: number;
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
    this.#arm();
  }

  /** The process is needed until the result is disposed. */
  hold(): Disposable {
    this.#holders++;
    clearTimeout(this.#timer);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holders--;
        if (this.#holders === 0) this.#arm();
      },
    };
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => process.exit(0), this.#idleMs);
  }
}
