/** Options of `read:` as they are given one by one in a terminal: `null_values=NA`. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { readOptions, type ReadOptions } from '../definitions/dataset.ts';
import { describeExpected } from './describeValue.ts';
import { nearestName } from '../text/nearestName.ts';
import { legalKeys, schemasAt, type JsonSchema } from './projectSchema.ts';
import { synonymOf } from './synonyms.ts';

export interface ReadSetting {
  readonly key: string;
  readonly text: string;
}

/**
 * What the settings say together. A key whose value is a list takes one entry of it at a time; of other keys the last word counts.
 * @throws AppError `project.unknownReadKey`, `project.wrongReadValue`
 */
export function parseReadSettings(settings: readonly ReadSetting[]): ReadOptions {
  const values: Record<string, unknown> = {};
  for (const { key, text } of settings) {
    const schemas = schemasOf(key);
    if (schemas.length === 0) throw unknownKey(key);
    const earlier = values[key];
    values[key] = schemas[0]?.type === 'array' ? [...(Array.isArray(earlier) ? (earlier as unknown[]) : []), text] : typed(text, schemas);
  }
  const parsed = readOptions.safeParse(values);
  if (parsed.success) return parsed.data;
  const wrong = String(parsed.error.issues[0]?.path[0]);
  throw wrongValue(settings.findLast(({ key }) => key === wrong) ?? { key: wrong, text: '' });
}

const path = ['datasets', 'name', 'read'] as const;

function schemasOf(key: string): readonly JsonSchema[] {
  return schemasAt([...path, key], () => undefined);
}

/** A text that stands for a number or a truth value where one is wanted; what is none is refused by the definition. */
function typed(text: string, [schema]: readonly JsonSchema[]): unknown {
  if (schema?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return (schema?.type === 'integer' || schema?.type === 'number') && text.trim() !== '' ? Number(text) : text;
}

function unknownKey(key: string): AppError {
  const legal = legalKeys(schemasAt(path, () => undefined));
  const nearest = synonymOf(key, legal) ?? nearestName(key, legal);
  const args = { key, legal: legal.join(', '), ...(nearest === undefined ? {} : { nearest }) };
  return new AppError('project.unknownReadKey', t('"{key}" is no option of how files are read.', { key }), {
    kind: 'usage',
    args,
    remedy: nearest === undefined ? t('The options are {legal}.', args) : t('Did you mean "{nearest}"? The options are {legal}.', args),
  });
}

function wrongValue({ key, text }: ReadSetting): AppError {
  const schemas = schemasOf(key).flatMap((schema) => (schema.type === 'array' ? [schema.items ?? {}] : [schema]));
  const args = { key, text, expected: describeExpected(schemas) };
  return new AppError('project.wrongReadValue', t('{key} cannot be "{text}".', args), {
    kind: 'usage',
    args,
    remedy: t('It must be {expected}.', args),
  });
}
