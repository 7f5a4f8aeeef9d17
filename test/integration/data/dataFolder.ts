/** A temporary project folder for tests of data sets, and short words for what they do most. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../../src/base/errors.ts';
import type { ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';

export const budget = { threads: 2, memoryBytes: 2 ** 30 };
export const flights = resolve(import.meta.dirname, '../../../node_modules/vega-datasets/data/flights-3m.parquet');

export interface DataFolder extends Disposable {
  readonly root: string;
  readonly write: (name: string, content: string | Uint8Array) => string;
  readonly files: () => string[];
}

export function dataFolder(): DataFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'millwright-data-')));
  return {
    root,
    write: (name, content) => {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    files: () =>
      readdirSync(root, { recursive: true })
        .map(String)
        .filter((name) => !name.startsWith('.millwright'))
        .sort(),
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export const asOf = new Date('2026-01-31T00:00:00Z');

/** All values of the named columns (default: every column) of a data set. */
export async function readAll(
  root: string,
  datasets: Record<string, DatasetSpec>,
  name: string,
  expressions: Record<string, string> = {},
): Promise<Record<string, unknown[]>> {
  await using reader = await openDataset({ root, datasets }, name, { asOf, budget });
  const columns = reader.columns.map((column) => column.name);
  const values: Record<string, unknown[]> = Object.fromEntries([...columns, ...Object.keys(expressions)].map((column) => [column, []]));
  for await (const chunk of reader.chunks({ columns, expressions, chunkRows: 1000 })) {
    for (const [column, vector] of Object.entries(chunk.columns)) values[column]?.push(...plain(vector));
  }
  return values;
}

function plain(vector: ColumnVector): unknown[] {
  return [...vector.values];
}

/** The error that reading every value of a data set ends with. */
export async function failureOf(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (AppError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
