import { expect, it } from 'vitest';
import { readProfile, toRunInput } from '../../../src/engine/tracking/runs/datasetInput.ts';

it('says what a data set is in the words of MLflow', () => {
  const types = ['integer', 'number', 'boolean', 'category', 'text', 'timestamp'] as const;
  const input = toRunInput({
    name: 'winter',
    digest: '0123456789abcdef'.repeat(4),
    path: 'data/flights 2001.parquet',
    columns: types.map((type) => ({ name: `a ${type}`, type })),
    rows: 7,
    context: 'training',
  });
  expect(input).toMatchObject({ name: 'winter', digest: '0123456789abcdef0123456789abcdef0123', sourceType: 'local', context: 'training' });
  expect(JSON.parse(input.source)).toEqual({ uri: 'data/flights 2001.parquet' });
  expect(JSON.parse(input.profile ?? '')).toEqual({ num_rows: 7, num_elements: 42 });
  const { mlflow_colspec: columns } = JSON.parse(input.schema ?? '') as { mlflow_colspec: { type: string; name: string }[] };
  expect(columns.map(({ type }) => type)).toEqual(['long', 'double', 'boolean', 'string', 'string', 'datetime']);
  expect(columns[0]).toEqual({ type: 'long', name: 'a integer', required: true });
});

it('leaves out a schema that is longer than MLflow stores', () => {
  const columns = Array.from({ length: 30_000 }, (_, index) => ({ name: `column ${index}`, type: 'number' as const }));
  expect(toRunInput({ name: 'wide', digest: 'd', path: 'x', columns, rows: 1, context: 'training' }).schema).toBeUndefined();
});

it("keeps what was read of it in the profile, and reads it again; another tool's profile says nothing", () => {
  const dataset = { name: 'learn', digest: 'd', path: 'x', columns: [], context: 'training' };
  const shares = [
    { value: 'no', share: 0.75 },
    { value: 'yes', share: 0.25 },
  ];
  for (const target of [
    { kind: 'classes', name: 'late', shares } as const,
    { kind: 'number', name: 'delay', mean: 12.5 } as const,
    undefined,
  ]) {
    const figures = { rows: 400, missing: { delay: 12 }, target };
    expect(readProfile(toRunInput({ ...dataset, ...figures }).profile)).toEqual(figures);
  }
  expect(['{"num_rows": 7}', 'no JSON', undefined].map((profile) => readProfile(profile))).toEqual([undefined, undefined, undefined]);
});
