/** Words for values, for what is legal, and for places in the project file. */
import { t } from '../../base/localize.ts';
import type { JsonSchema } from './projectSchema.ts';
import type { Path, TreeNode } from './yamlTree.ts';

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
      if (schema.minLength === 1 && schema.maxLength === 1) return t('a single character');
      return (schema.minLength ?? 0) > 0 ? t('a text that is not empty') : t('a text');
    default:
      return t('a value');
  }
}

function withBounds(words: string, schema: JsonSchema): string {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const hasLow = low !== undefined && low > -Number.MAX_SAFE_INTEGER;
  const hasHigh = high !== undefined && high < Number.MAX_SAFE_INTEGER;
  const lowWords = !hasLow ? '' : schema.minimum === undefined ? t('above {low}', { low }) : t('of at least {low}', { low });
  const highWords = !hasHigh ? '' : schema.maximum === undefined ? t('below {high}', { high }) : t('of at most {high}', { high });
  if (hasLow && hasHigh) return t('{number} {low} and {high}', { number: words, low: lowWords, high: highWords });
  return `${words} ${lowWords}${highWords}`.trim();
}
