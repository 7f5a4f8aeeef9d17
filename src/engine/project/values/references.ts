/** References `${params.name}` and `${env.NAME}` in text: finding them, and putting values in their place. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { nearestName } from '../text/nearestName.ts';

/** A piece of a text: words as they are, or a reference with its place in the text. */
export type ReferencePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly name: string; readonly start: number; readonly end: number; readonly closed: boolean };

/** What references refer to. */
export interface ReferenceValues {
  readonly params: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A value that came from the environment: to be masked wherever text is shown or stored. */
export interface EnvironmentValue {
  readonly name: string;
  readonly value: string;
}

export const hasReference = (text: string): boolean => text.includes('${');

/** Splits a text at its references; `$${` stands for a literal `${`. */
export function parseReferences(text: string): ReferencePart[] {
  const parts: ReferencePart[] = [];
  let words = '';
  let last = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^{}]*)(\}?)/g)) {
    words += text.slice(last, match.index);
    last = match.index + match[0].length;
    if (match[0] === '$${') {
      words += '${';
      continue;
    }
    if (words !== '') parts.push({ kind: 'text', text: words });
    words = '';
    parts.push({ kind: 'reference', name: (match[1] ?? '').trim(), start: match.index, end: last, closed: match[2] === '}' });
  }
  words += text.slice(last);
  if (words !== '') parts.push({ kind: 'text', text: words });
  return parts;
}

/** The reference that is the whole of a text, or undefined: only then does the value keep its type. */
export function soleReference(text: string): string | undefined {
  const [only, ...more] = parseReferences(text.trim());
  return more.length === 0 && only?.kind === 'reference' && only.closed ? only.name : undefined;
}

export type ReferenceProblem = 'unknownParam' | 'unknownRoot' | 'envNotSet' | 'notClosed' | 'circular' | 'tooLong' | 'tooLarge';

/** The failure of one reference. */
export function referenceError(
  problem: ReferenceProblem,
  name: string,
  candidates: readonly string[],
  nearestOf: (name: string, candidates: readonly string[]) => string | undefined = nearestName,
): AppError {
  const reference = `\${${name}}`;
  const nearest = nearestOf(name, candidates);
  const args = { reference, ...(nearest === undefined ? {} : { nearest: `\${${nearest}}` }) };
  switch (problem) {
    case 'notClosed':
      return new AppError('project.referenceNotClosed', t('The reference {reference} has no closing brace.', { reference: `\${${name}` }), {
        remedy: t('Close it with a brace, or write "$$" followed by the brace for the plain text.'),
      });
    case 'circular':
      return new AppError('project.circularReference', t('The reference {reference} leads back to itself.', { reference }), { args });
    case 'tooLong':
      return new AppError('project.longReference', t('The reference {reference} leads through too many others.', { reference }), {
        args,
        remedy: t('Refer to the value itself.'),
      });
    case 'tooLarge':
      return new AppError('project.tooLarge', t('The references repeat so much that the file would grow without bound.'), {
        remedy: t('Refer to smaller values.'),
      });
    case 'envNotSet':
      return new AppError('project.envNotSet', t('The environment variable {variable} is not set.', { variable: name.slice(4) }), {
        kind: 'environment',
        args: { ...args, variable: name.slice(4) },
        remedy: t('Set it in the shell that starts Millwright, or use a value under "params" instead.'),
      });
    case 'unknownRoot':
    case 'unknownParam': {
      const known = candidates.slice(0, 20).map((candidate) => `\${${candidate}}`);
      const message =
        nearest === undefined
          ? t('There is nothing that {reference} refers to.', { reference })
          : t('There is nothing that {reference} refers to. Did you mean {nearest}?', { reference, nearest: `\${${nearest}}` });
      return new AppError('project.unknownReference', message, {
        args,
        remedy:
          known.length === 0
            ? t('References begin with "params." or "env."; define the value under "params" first.')
            : t('You can refer to {known}, and to environment variables as {env}.', { known: known.join(', '), env: '${env.NAME}' }),
      });
    }
  }
}

/** Names of all values that can be referred to, as `params.a.b`. Lists and empty mappings count as values. */
export function paramNames(params: unknown, prefix = 'params'): string[] {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return [prefix];
  const inner = Object.entries(params).flatMap(([key, value]) => paramNames(value, `${prefix}.${key}`));
  return prefix === 'params' ? inner : [prefix, ...inner];
}

/** The value at a dotted name; a key that holds dots itself is found too. */
export function lookUp(value: unknown, steps: readonly string[]): { readonly found: boolean; readonly value?: unknown } {
  if (steps.length === 0) return { found: true, value };
  if (typeof value !== 'object' || value === null) return { found: false };
  for (let length = steps.length; length > 0; length--) {
    const key = steps.slice(0, length).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const rest = lookUp((value as Readonly<Record<string, unknown>>)[key], steps.slice(length));
    if (rest.found) return rest;
  }
  return { found: false };
}

/**
 * The value of one reference by its name (`params.a.b` or `env.NAME`).
 * @throws AppError `project.unknownReference`, `project.envNotSet`
 */
function valueOfReference(name: string, values: ReferenceValues): unknown {
  const [root, ...steps] = name.split('.');
  if (root === 'env' && steps.length > 0) {
    const variable = steps.join('.');
    const value = values.env[variable];
    if (value !== undefined) return value;
    throw referenceError(
      'envNotSet',
      name,
      Object.keys(values.env).map((other) => `env.${other}`),
    );
  }
  if (root === 'params' && steps.length > 0) {
    const { found, value } = lookUp(values.params, steps);
    if (found) return value;
    throw referenceError('unknownParam', name, paramNames(values.params));
  }
  throw referenceError('unknownRoot', name, paramNames(values.params));
}

/** A value within a longer text: lists and mappings as JSON. */
export function valueAsText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Puts values in the place of a text's references. A text that is one reference takes its value with its type.
 * Used for what the project file keeps unresolved: the arguments of `run`, after they were split.
 * @throws AppError `project.unknownReference`, `project.envNotSet`, `project.referenceNotClosed`
 */
export function resolveReferences(text: string, values: ReferenceValues): unknown {
  const sole = soleReference(text);
  if (sole !== undefined) return valueOfReference(sole, values);
  return parseReferences(text)
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (!part.closed) throw referenceError('notClosed', part.name, []);
      return valueAsText(valueOfReference(part.name, values));
    })
    .join('');
}
