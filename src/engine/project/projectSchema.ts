/** The definitions of all keys as one JSON Schema: for editors, for the words of diagnostics and for the language server. */
import * as z from 'zod';
import { topLevelDefinitions } from './definitions/project.ts';
import { stageDefinitions, stagesDescription, type StageKind } from './definitions/stage.ts';

/** The part of JSON Schema (draft-07) that the definitions make use of. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
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
  readonly refersTo?: ReferenceTarget;
}

/** What the text at a key names; see the definitions' `refersTo`. */
export type ReferenceTarget = 'dataset' | 'features' | 'stage' | 'model' | 'trainedModel' | 'column' | 'expression' | 'condition';

function schemaOf(definition: z.ZodType): JsonSchema {
  const schema = z.toJSONSchema(definition, { target: 'draft-7', unrepresentable: 'any' });
  delete schema.$schema;
  return schema as JsonSchema;
}

let known: { readonly top: JsonSchema; readonly stages: Readonly<Record<StageKind, JsonSchema>> } | undefined;

/** The schema of the whole file, with each kind of stage apart. */
export function projectSchema(): { readonly top: JsonSchema; readonly stages: Readonly<Record<StageKind, JsonSchema>> } {
  if (known !== undefined) return known;
  const stages = Object.fromEntries(
    Object.entries(stageDefinitions).map(([kind, definition]) => [kind, schemaOf(definition)]),
  ) as unknown as Record<StageKind, JsonSchema>;
  const top = schemaOf(z.strictObject(topLevelDefinitions));
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
