/** Values that must not reach a log. */
import type { ErrorRecord } from '../../base/errors.ts';

const secretName = /TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH/i;
/** Shorter values would blot out ordinary words. */
const shortestSecret = 4;

/** Values of variables whose name says that they are secret. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value !== undefined && secretName.test(name) ? [value] : []));
}

/** A function that replaces every secret in a text by `***`; longer secrets first, so that none is left in part. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets)].filter((value) => value.length >= shortestSecret).sort((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}

/** The error with the mask put on everything in it that a person may read. */
export function maskErrorRecord(error: ErrorRecord, mask: (text: string) => string): ErrorRecord {
  const args = Object.entries(error.args ?? {}).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value] as const);
  return {
    ...error,
    message: mask(error.message),
    ...(error.remedy === undefined ? {} : { remedy: mask(error.remedy) }),
    ...(error.args === undefined ? {} : { args: Object.fromEntries(args) }),
  };
}
