/** What a running stage is given besides its work: the means to be stopped and to say how far it is. */
import type { LogLevel } from './job.ts';

export interface Progress {
  readonly message: string;
  /** 0 to 1. */
  readonly fraction?: number;
  readonly remainingMs?: number;
}

/** Cores, and bytes of memory, that a piece of work may use. */
export interface Budget {
  readonly threads: number;
  readonly memoryBytes: number;
}

export interface StageContext {
  readonly signal: AbortSignal;
  readonly budget: Budget;
  readonly log: (level: LogLevel, message: string) => void;
  readonly progress: (progress: Progress) => void;
}
