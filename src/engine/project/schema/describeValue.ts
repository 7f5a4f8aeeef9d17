/** Words for values, for what is legal, and for places in the project file. */
import { t } from '../../../base/localize.ts';
import type { JsonSchema } from './projectSchema.ts';
import type { Path, TreeNode } from '../text/yamlTree.ts';

/** Names in quotes, parted by commas; the first thirty. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 30).join(', ');
  return names.length > 30 ? `${shown}, …` : shown;
}

/** `a, b or c`. */
function either(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : t('{first} or {last}', { first: words.slice(0, -1).join(', '), last });
}

/** `stages.train.params`, or "the project file" for the root. */
export function describePath(path: Path): string {
  return path.length === 0 ? t('the project file') : path.join('.');
}

export function describeFound(node: TreeNode | undefined): string {
  if (node === undefined) return t('missing');
  if (node.kind === 'mapping') return t('a mapping');
  if (node.kind === 'sequence') return node.items.length === 0 ? t('an empty list') : t('a list');
  if (node.value === null) return t('empty');
  if (node.fromEnvironment === true) return t('a text from the environment');
  return typeof node.value === 'string' ? `"${shortened(node.value)}"` : String(node.value);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What the schemas allow, in words: `a whole number of at least 1`, `one of gbdt, logistic, linear`. */
export function describeExpected(schemas: readonly JsonSchema[]): string {
  const constants = schemas.flatMap((schema) => schema.enum ?? (schema.const === undefined ? [] : [schema.const]));
  const others = schemas.filter((schema) => schema.enum === undefined && schema.const === undefined).map(describeSchema);
  const choices =
    constants.length === 0
      ? []
      : [constants.length === 1 ? String(constants[0]) : t('one of {choices}', { choices: listed(constants.map(String)) })];
  return either([...new Set([...others, ...choices])]);
}

function describeSchema(schema: JsonSchema): string {
  switch (schema.type) {
    case 'integer':
      return withBounds(t('a whole number'), schema);
    case 'number':
      return withBounds(t('a number'), schema);
    case 'boolean':
      return t('true or false');
    case 'array':
      return (schema.minItems ?? 0) > 0 ? t('a list that is not empty') : t('a list');
    case 'object':
      return t('a mapping');
    case 'string':
      if (schema.form !== undefined) return schema.form;
      if (schema.minLength === 1 && schema.maxLength === 1) return t('a single character');
      return (schema.minLength ?? 0) > 0 ? t('a text that is not empty') : t('a text');
    default:
      return t('a value');
  }
}

function withBounds(words: string, schema: JsonSchema): string {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Infinity;
  const hasLow = low > -Number.MAX_SAFE_INTEGER;
  const hasHigh = high < Number.MAX_SAFE_INTEGER;
  const args = { number: words, low, high };
  if (hasLow && hasHigh) return betweenText(schema, args);
  if (hasLow) return schema.minimum === undefined ? t('{number} above {low}', args) : t('{number} of at least {low}', args);
  if (hasHigh) return schema.maximum === undefined ? t('{number} below {high}', args) : t('{number} of at most {high}', args);
  return words;
}

function betweenText(schema: JsonSchema, args: { number: string; low: number; high: number }): string {
  if (schema.minimum !== undefined) {
    return schema.maximum === undefined ? t('{number} from {low}, below {high}', args) : t('{number} from {low} to {high}', args);
  }
  return schema.maximum === undefined ? t('{number} above {low} and below {high}', args) : t('{number} above {low}, at most {high}', args);
}
