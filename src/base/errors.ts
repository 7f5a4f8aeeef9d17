/** Failures a person can act on. One class; its text is the same in the editor, the terminal and the tools of an agent. */
import { t } from './localize.ts';

/** Which exit code a failure ends a command with. */
export const exitCodes = {
  ok: 0,
  gate: 1,
  usage: 2,
  input: 3,
  environment: 4,
  busy: 5,
  internal: 70,
  cancelled: 130,
} as const;

export type FailureKind = Exclude<keyof typeof exitCodes, 'ok' | 'cancelled'>;

/** A place in a text file. Lines and columns count from 1; the end is exclusive. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type ErrorArguments = Readonly<Record<string, string | number | boolean>>;

export interface ErrorDetails {
  /** Decides the exit code; `input` (the user's files) unless said otherwise. */
  readonly kind?: FailureKind;
  /** What to do about it, as a sentence. */
  readonly remedy?: string;
  /** What besides to do in a terminal, as a sentence: the editor has a button for it. */
  readonly inTerminal?: string;
  readonly args?: ErrorArguments;
  readonly at?: SourceRange;
  readonly cause?: unknown;
}

/** An {@link AppError} as it crosses a process boundary. */
export interface ErrorRecord {
  readonly code: string;
  readonly kind: FailureKind;
  readonly message: string;
  readonly remedy?: string;
  readonly inTerminal?: string;
  readonly args?: ErrorArguments;
  readonly at?: SourceRange;
}

/**
 * A failure with a stable code (`area.problem`), a text that says what happened to what, and a remedy.
 * Callers classify by {@link AppError.code}, never by the text.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly kind: FailureKind;
  readonly remedy: string | undefined;
  readonly inTerminal: string | undefined;
  readonly args: ErrorArguments;
  readonly at: SourceRange | undefined;

  constructor(code: `${string}.${string}`, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.kind = details.kind ?? 'input';
    this.remedy = details.remedy;
    this.inTerminal = details.inTerminal;
    this.args = details.args ?? {};
    this.at = details.at;
  }

  static is(value: unknown, code?: string): value is AppError {
    return value instanceof AppError && (code === undefined || value.code === code);
  }

  toRecord(): ErrorRecord {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.inTerminal === undefined ? {} : { inTerminal: this.inTerminal }),
      ...(Object.keys(this.args).length === 0 ? {} : { args: this.args }),
      ...(this.at === undefined ? {} : { at: this.at }),
    };
  }

  static fromRecord(record: ErrorRecord): AppError {
    const { code, message, ...details } = record;
    return new AppError(code as `${string}.${string}`, message, details);
  }
}

/** Any thrown value as a record: an unforeseen fault becomes `internal.fault` and keeps its message. */
export function toErrorRecord(value: unknown): ErrorRecord {
  if (value instanceof AppError) return value.toRecord();
  const refusal = refusalOf(value);
  if (refusal !== undefined) return refusal;
  return { code: 'internal.fault', kind: 'internal', message: value instanceof Error ? value.message : String(value) };
}

/** What the system does not let this user have, wherever it was met: no fault of ours. */
function refusalOf(value: unknown): ErrorRecord | undefined {
  const code = errorCode(value);
  if ((code !== 'EACCES' && code !== 'EPERM') || !(value instanceof Error) || !('path' in value) || typeof value.path !== 'string') {
    return undefined;
  }
  return {
    code: 'files.refused',
    kind: 'environment',
    message: t('The system does not let you use {path}.', { path: value.path }),
    remedy: t('Check whose it is and what its permissions are, or name another place.'),
    args: { path: value.path },
  };
}

/** The message and, on a line of its own, the remedy. */
export function errorText(error: ErrorRecord | AppError): string {
  const place = error.at === undefined ? '' : `${error.at.file}:${error.at.line}:${error.at.column}: `;
  return `${place}${error.message}${error.remedy === undefined ? '' : `\n${error.remedy}`}`;
}

/** The operating system's code of a file error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
