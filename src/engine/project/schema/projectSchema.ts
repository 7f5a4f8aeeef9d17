/** The definitions of all keys as one JSON Schema: for editors, for the words of diagnostics and for the language server. */
import * as z from 'zod';
import { topLevelDefinitions } from '../definitions/project.ts';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { stageDefinitions, stagesDescription } from '../definitions/stage.ts';
import { stageUsesDescription } from '../definitions/stages/sharedKeys.ts';

/** The part of JSON Schema (draft-07) that the definitions make use of. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  /** What holds where the key is left out. */
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  /** Values that are offered, besides which others may stand. */
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly refersTo?: ReferenceTarget;
  /** The form of a text, in words. */
  readonly form?: string;
  /** The key that a bare number is probably meant for. */
  readonly bound?: string;
}

/** What the text at a key names; see the definitions' `refersTo`. */
export type ReferenceTarget = 'dataset' | 'features' | 'stage' | 'model' | 'trainedModel' | 'column' | 'expression' | 'condition';

function schemaOf(definition: z.ZodType): JsonSchema {
  const schema = z.toJSONSchema(definition, { target: 'draft-7', unrepresentable: 'any' });
  delete schema.$schema;
  return schema as JsonSchema;
}

interface ProjectSchema {
  readonly top: JsonSchema;
  readonly stages: Readonly<Record<StageKind, JsonSchema>>;
}

/** What {@link schemasOfDefinitions} gave when the bundle was made: it takes as long as reading a small project does. */
declare const builtSchemas: ProjectSchema;

/** The top-level keys without the stages, and each kind of stage; as they can be written into a bundle. */
export function schemasOfDefinitions(): ProjectSchema {
  const stages = Object.fromEntries(
    Object.entries(stageDefinitions).map(([kind, definition]) => [kind, schemaOf(definition)]),
  ) as unknown as Record<StageKind, JsonSchema>;
  return { top: schemaOf(z.strictObject(topLevelDefinitions)), stages };
}

let known: ProjectSchema | undefined;

/** The schema of the whole file, with each kind of stage apart. */
export function projectSchema(): ProjectSchema {
  if (known !== undefined) return known;
  const { top, stages } = typeof builtSchemas === 'undefined' ? schemasOfDefinitions() : builtSchemas;
  const properties = {
    ...top.properties,
    stages: { description: stagesDescription, type: 'object', additionalProperties: { anyOf: Object.values(stages) } },
  };
  known = { top: { ...top, properties }, stages };
  return known;
}

/** The alternatives of a schema, flattened. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices === undefined) return [schema];
  return choices.flatMap(alternatives).map((choice) => ({ ...inherited(schema), ...choice }));
}

/** What an alternative takes over from the schema around it. */
function inherited(schema: JsonSchema): JsonSchema {
  return {
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...(schema.refersTo === undefined ? {} : { refersTo: schema.refersTo }),
  };
}

/** The schemas of the value under a key or index, for each alternative that has one. */
export function childSchemas(schemas: readonly JsonSchema[], step: string | number): readonly JsonSchema[] {
  return schemas.flatMap((schema) => {
    if (schema.type === 'array') return typeof step === 'number' && schema.items !== undefined ? alternatives(schema.items) : [];
    const own = schema.properties?.[String(step)];
    if (own !== undefined && Object.hasOwn(schema.properties ?? {}, String(step))) return alternatives(own);
    return typeof schema.additionalProperties === 'object' ? alternatives(schema.additionalProperties) : [];
  });
}

/**
 * The schemas of the value at a path.
 * @param kindOfStage the kind of the stage of this name, where it is known: then only its keys count
 */
export function schemasAt(
  path: readonly (string | number)[],
  kindOfStage: (stage: string) => StageKind | undefined,
): readonly JsonSchema[] {
  const { top, stages } = projectSchema();
  const [first, second, ...rest] = path;
  if (first === 'stages' && second !== undefined) {
    const kind = kindOfStage(String(second));
    const start = kind === undefined ? Object.values(stages) : [stages[kind]];
    return rest.reduce<readonly JsonSchema[]>(childSchemas, start);
  }
  return path.reduce<readonly JsonSchema[]>(childSchemas, [top]);
}

/** The keys that mappings of these schemas may have; names that the user chooses are not among them. */
export function legalKeys(schemas: readonly JsonSchema[]): string[] {
  const keys = schemas.flatMap((schema) => [
    ...Object.keys(schema.properties ?? {}),
    ...(schema.propertyNames?.enum ?? []).map((name) => String(name)),
  ]);
  return [...new Set(keys)];
}

const referencePattern = '^\\$\\{(params|env)\\.[^{}]+\\}$';
const namePattern = '^[\\p{L}\\p{N}_][\\p{L}\\p{N}\\p{M}_-]{0,99}$';

/** The JSON Schema (draft-07) that is shipped: `media/schema/millwright.schema.json`. */
export function projectJsonSchema(): JsonSchema {
  const { top, stages } = projectSchema();
  const { name, ...others } = Object.fromEntries(Object.entries(top.properties ?? {}).map(([key, schema]) => [key, published(schema)]));
  const named = { propertyNames: { pattern: namePattern } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Millwright project (millwright.yaml)',
    type: 'object',
    properties: {
      ...(name === undefined ? {} : { name }),
      ...others,
      datasets: { ...others.datasets, ...named },
      features: { ...others.features, ...named },
      stages: { description: stagesDescription, type: 'object', ...named, additionalProperties: stageSchema(stages) },
    },
    patternProperties: { '^x-': {} },
    required: ['name'],
    additionalProperties: false,
  };
}

/** A stage: `uses` or `run` decides which keys it may have. */
function stageSchema(stages: Readonly<Record<StageKind, JsonSchema>>): JsonSchema {
  const { run, ...kinds } = stages;
  const uses = Object.keys(kinds);
  return {
    type: 'object',
    properties: { uses: { description: stageUsesDescription, enum: uses }, run: published(run.properties?.run ?? {}) },
    oneOf: [{ required: ['uses'] }, { required: ['run'] }],
    allOf: [
      ...Object.entries(kinds).map(([kind, schema]) => ({
        if: { properties: { uses: { const: kind } }, required: ['uses'] },
        then: published(schema),
      })),
      { if: { required: ['run'] }, then: published(run) },
    ],
  };
}

/** Without what only we read, and with `${…}` allowed where a number, a truth value or one of some words is wanted. */
function published(schema: JsonSchema): JsonSchema {
  const { description, default: fallback, ...own } = withoutMarks(schema);
  const described = { ...(description === undefined ? {} : { description }), ...(fallback === undefined ? {} : { default: fallback }) };
  const inner = Object.fromEntries(
    Object.entries(own)
      .filter(([key, value]) => !isImplied(key, value))
      .map(([key, value]) => [key, publishedPart(key, value)]),
  );
  const isText = schema.type === 'string' && schema.enum === undefined && schema.const === undefined;
  const isLeaf = schema.enum !== undefined || schema.const !== undefined || ['number', 'integer', 'boolean'].includes(schema.type ?? '');
  const hasForm = isText && schema.pattern !== undefined;
  return isLeaf || hasForm ? { ...described, anyOf: [inner, { type: 'string', pattern: referencePattern }] } : { ...described, ...inner };
}

/** Limits that every whole number has. */
function isImplied(key: string, value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER && (key === 'maximum' || key === 'minimum');
}

function publishedPart(key: string, value: unknown): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => [
        name,
        name === 'uses' ? withoutMarks(schema) : published(schema),
      ]),
    );
  }
  if (key === 'anyOf' || key === 'oneOf') return (value as readonly JsonSchema[]).map(published);
  if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object') return published(value as JsonSchema);
  return key === 'propertyNames' ? withoutMarks(value as JsonSchema) : value;
}

function withoutMarks(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'refersTo' && key !== 'form' && key !== 'bound'));
}
