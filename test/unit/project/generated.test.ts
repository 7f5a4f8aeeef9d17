import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectJsonSchema, projectSchema, type JsonSchema } from '../../../src/engine/project/projectSchema.ts';
import { generateReference } from '../../../src/engine/project/reference.ts';

const root = join(import.meta.dirname, '../../..');

/** `UPDATE_GOLDEN=1` writes what the generator makes. */
function checkCommitted(path: string, generated: string): void {
  const file = join(root, path);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
}

describe('what is generated from the definitions', () => {
  it('the JSON Schema is committed as it is generated', () => {
    checkCommitted('media/schema/millwright.schema.json', `${JSON.stringify(projectJsonSchema(), undefined, 2)}\n`);
  });

  it('the reference is committed as it is generated', () => {
    checkCommitted('docs/project-file.md', generateReference());
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
