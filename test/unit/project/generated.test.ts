import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readOptions } from '../../../src/engine/project/definitions/dataset.ts';
import { limitKey } from '../../../src/engine/project/definitions/limits.ts';
import { topLevelDefinitions } from '../../../src/engine/project/definitions/project.ts';
import { stageDefinitions } from '../../../src/engine/project/definitions/stage.ts';
import {
  projectJsonSchema,
  projectSchema,
  schemasOfDefinitions,
  type JsonSchema,
} from '../../../src/engine/project/schema/projectSchema.ts';
import { checkTable, generateReference } from '../../../src/engine/project/schema/reference.ts';
import { checkCommitted } from '../../support/golden.ts';

describe('what is generated from the definitions', () => {
  it('the JSON Schema is committed as it is generated', () => {
    checkCommitted('media/schema/millwright.schema.json', () => `${JSON.stringify(projectJsonSchema(), undefined, 2)}\n`);
  });

  it('the schemas can be written into a bundle and read again', () => {
    expect(JSON.parse(JSON.stringify(schemasOfDefinitions()))).toEqual(schemasOfDefinitions());
  });

  it('the reference is committed as it is generated', () => {
    checkCommitted('docs/project-file.md', generateReference);
  });

  it('a default is told in words and as a value, and is legal', () => {
    const told: string[] = [];
    const visit = (schema: JsonSchema, path: string): void => {
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        const [, words] = /Default: ([-\w.]+|"."|[a-z]+:\S+)\.$/.exec(property.description ?? '') ?? [];
        if (words !== undefined || property.default !== undefined) {
          expect([path, name, words]).toEqual([path, name, property.default === '.' ? '"."' : String(property.default)]);
          told.push(name);
        }
        visit(property, `${path}.${name}`);
      }
      for (const choice of schema.anyOf ?? []) visit(choice, path);
      if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`);
    };
    const { top, stages } = projectSchema();
    visit(top, '');
    for (const [kind, schema] of Object.entries(stages)) visit(schema, kind);
    expect(told.length).toBeGreaterThan(40);
    const shapes = [topLevelDefinitions, readOptions.shape, ...Object.values(stageDefinitions).map(({ shape }) => shape)];
    for (const [name, schema] of shapes.flatMap((shape) => Object.entries<z.ZodType>(shape))) {
      if ('fallback' in schema) expect([name, schema.safeParse(schema.fallback).success]).toEqual([name, true]);
    }
  });

  it('the table of checks is committed as it is generated', () => {
    checkCommitted('docs/data.md', (text) => text.replace(/^\| check \| asks [^]*?(?=\n\n)/m, checkTable));
  });

  it('a limit may be none where nothing is said', () => {
    const key = limitKey(z.number(), 'The most rows allowed.', null);
    expect(key.description).toBe('The most rows allowed. Default: no limit.');
    expect([key.parse(undefined), 'fallback' in key]).toEqual([undefined, false]);
  });

  it('every key has words', () => {
    const silent: string[] = [];
    const visit = (schema: JsonSchema, path: string): void => {
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        if (property.description === undefined && name !== 'uses') silent.push(`${path}.${name}`);
        visit(property, `${path}.${name}`);
      }
      for (const choice of schema.anyOf ?? []) visit(choice, path);
      if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`);
    };
    const { top, stages } = projectSchema();
    visit(top, '');
    for (const [kind, schema] of Object.entries(stages)) visit(schema, kind);
    expect(silent).toEqual([]);
  });
});
