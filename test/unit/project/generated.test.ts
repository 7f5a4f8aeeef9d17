import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { readOptions } from '../../../src/engine/project/definitions/dataset.ts';
import { topLevelDefinitions } from '../../../src/engine/project/definitions/project.ts';
import { stageDefinitions } from '../../../src/engine/project/definitions/stage.ts';
import {
  projectJsonSchema,
  projectSchema,
  schemasOfDefinitions,
  type JsonSchema,
} from '../../../src/engine/project/schema/projectSchema.ts';
import { generateReference } from '../../../src/engine/project/schema/reference.ts';
import { checkNames, dataChecks, limitDefaults } from '../../../src/protocol/tables/dataChecks.ts';
import { checkCommitted } from '../../support/golden.ts';

const root = join(import.meta.dirname, '../../..');

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

  it('docs/data.md says of every check what holds by default', () => {
    const text = readFileSync(join(root, 'docs/data.md'), 'utf8');
    for (const name of checkNames.filter((check) => check !== 'extra_columns' && check !== 'reading')) {
      const { limit, severity } = dataChecks[name];
      const row = text.split('\n').find((line) => line.split('|')[1]?.includes(`\`${name}\``) === true);
      expect(row, name).toContain(severity === 'warn' ? '| warns |' : '| fails |');
      if (limit !== undefined) expect(row, name).toContain(`\`${limit}\` (${limitDefaults[limit]})`);
    }
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
