/** The one place that reads what DuckDB says about a failure. It answers in JSON because `openDuckdb` asks for that. */
import { CancelledError } from '../../../base/abort.ts';
import { outOfMemory } from './memoryWatch.ts';

export interface DuckdbFailure {
  /** DuckDB's class of the failure: `Parser`, `Binder`, `Conversion`, `Invalid Input`, `Permission`, `INTERRUPT`, … */
  readonly type: string;
  readonly subtype: string | undefined;
  readonly message: string;
  /** The name that was not found, for the subtypes that have one. */
  readonly name: string | undefined;
  /** Names that exist and look like it. */
  readonly candidates: string | undefined;
  /** Offset into the SQL text. */
  readonly position: number | undefined;
}

/** What DuckDB said, or undefined for an error that is not DuckDB's. */
export function readDuckdbFailure(error: unknown): DuckdbFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const start = error.message.indexOf('{"exception_type"');
  if (start === -1) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(error.message.slice(start));
  } catch {
    return undefined; // another library's text
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, string | undefined>>;
  return {
    type: fields.exception_type ?? '',
    subtype: fields.error_subtype,
    message: firstLine(fields.exception_message ?? ''),
    name: fields.name,
    candidates: fields.candidates === '' ? undefined : fields.candidates,
    position: fields.position === undefined ? undefined : Number(fields.position),
  };
}

/**
 * What a statement that failed comes to: what is no fault of its own has its own error, all else stays DuckDB's.
 * @returns a CancelledError, an AppError `dataset.outOfMemory`, or the error itself
 */
export function ownFailure(error: unknown): unknown {
  const failure = readDuckdbFailure(error);
  if (failure?.message.includes('maximum_object_size') === true) return outOfMemory(error); // we set it as the memory allows
  switch (failure?.type) {
    case 'INTERRUPT':
      return new CancelledError();
    case 'Out of Memory':
      return outOfMemory(error);
    default:
      return error;
  }
}

/** DuckDB follows its sentence with advice about its own options, which are not the user's to set. */
function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
