/** Values that must not reach a log. */
import type { ErrorRecord } from '../../base/errors.ts';

/** Names by which values are told to be secret, as the field spells them. */
const secretName =
  /^(?!PWD$).*(?:TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|(?<![A-Z0-9])(?:KEYS?|PAT|PASS|PWD|PW|PIN|DSN)(?![A-Z0-9]))|^PG(?!HOST|PORT|DATA|USER|APPNAME|SSLMODE|TZ|OPTIONS)/i;
/** Shorter values are masked as whole words only: they would blot out ordinary ones. */
const shortestPart = 4;

/** Values of variables whose name says that they are secret, and passwords within addresses. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    return secretName.test(name) ? [value, ...passwordsIn(value)] : passwordsIn(value);
  });
}

/** The password of `scheme://user:password@host`, as it is written and as it is meant. */
function passwordsIn(value: string): string[] {
  return [...value.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/gi)].flatMap(([, password = '']) => [password, decoded(password)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a per cent sign that is one
  }
}

/** Replaces secrets in texts; logs come line by line, so each line of a longer secret is one of its own. */
export interface Mask {
  (text: string): string;
  /** How much of a text that is cut anywhere must be held back, so that a secret is not passed on in two halves. */
  readonly reach: number;
}

/** A function that replaces every secret in a text by `***`; longer secrets first, so that none is left in part. */
export function createMask(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/).map((line) => line.trim())]))]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length);
  const long = values.filter((value) => value.length >= shortestPart);
  const short = values.filter((value) => value.length < shortestPart).map((value) => value.replace(/[^\w]/g, '\\$&'));
  const words = short.length === 0 ? undefined : new RegExp(`(?<![\\w.])(?:${short.join('|')})(?![\\w.])`, 'g');
  const mask = (text: string): string => {
    const masked = long.reduce((rest, value) => rest.replaceAll(value, '***'), text);
    return words === undefined ? masked : masked.replace(words, '***');
  };
  return Object.assign(mask, { reach: Math.max(0, ...values.map(({ length }) => length)) });
}

/** The error with the mask put on everything in it that a person may read. */
export function maskErrorRecord(error: ErrorRecord, mask: (text: string) => string): ErrorRecord {
  const args = Object.entries(error.args ?? {}).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value] as const);
  return {
    ...error,
    message: mask(error.message),
    ...(error.remedy === undefined ? {} : { remedy: mask(error.remedy) }),
    ...(error.inTerminal === undefined ? {} : { inTerminal: mask(error.inTerminal) }),
    ...(error.args === undefined ? {} : { args: Object.fromEntries(args) }),
  };
}
