/** Writes a model folder: `model.onnx`, `MLmodel` and what MLflow needs beside them. Equal models give equal folders. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomic } from '../../../base/files.ts';
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import { missingTime } from '../../data/rows/columns.ts';
import { familyOf, type TypeFamily } from '../../data/sql/sqlText.ts';
import type { ModelDescription, ModelInput } from '../../inference/scoring/model.ts';
import { formatModelDescription } from '../../inference/scoring/modelDescription.ts';
import { descriptionFile, modelFile } from '../../inference/files/modelFiles.ts';
import { predictionColumns } from '../../inference/prediction/predictionColumns.ts';
import { environmentFiles, onnxFlavor, pythonVersion } from './environmentFiles.ts';
import { loaderModule, loaderSource } from './pythonLoader.ts';

const exampleRows = 5;

export interface PackagedModel {
  readonly description: ModelDescription;
  readonly onnx: Uint8Array;
  /** Raw columns in which a value was missing. */
  readonly missing: ReadonlySet<string>;
  /** Some rows as they are in the data. */
  readonly example: Chunk;
}

/** @throws AppError `files.diskFull`, `files.notWritable`, `files.writeFailed` */
export async function writeModelFolder(folder: string, model: PackagedModel): Promise<void> {
  const parts: Readonly<Record<string, string | Uint8Array>> = {
    [modelFile]: model.onnx,
    [descriptionFile]: formatModelDescription(model.description),
    'input_example.json': inputExample(model.description.inputs, model.example),
    ...environmentFiles(),
    [join('code', `${loaderModule}.py`)]: loaderSource,
    MLmodel: mlmodel(model),
  };
  for (const [name, content] of Object.entries(parts)) await writeAtomic(join(folder, name), content);
}

/** The text of `MLmodel`; the time, run and identity of the model are added by whoever logs it. */
function mlmodel({ description, missing }: PackagedModel): string {
  return stringify(
    {
      artifact_path: 'model',
      flavors: {
        onnx: onnxFlavor(modelFile),
        python_function: {
          code: 'code',
          data: modelFile,
          env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
          loader_module: loaderModule,
          python_version: pythonVersion,
        },
      },
      saved_input_example_info: { artifact_path: 'input_example.json', pandas_orient: 'split', type: 'dataframe' },
      signature: {
        inputs: JSON.stringify(
          description.inputs.map((input) => ({ type: signatureType(input, missing), name: input.name, required: true })),
        ),
        outputs: JSON.stringify(outputSignature(description)),
        params: null,
      },
    },
    { lineWidth: 0 },
  );
}

/** MLflow's name for what a frame has that is read from data like the training rows. */
function signatureType(input: ModelInput, missing: ReadonlySet<string>): string {
  // pandas makes doubles of integers as soon as one is missing, and MLflow refuses either where the other is declared; a
  // missing value that is declared boolean reaches a model as false when MLflow serves it.
  const isWhole = !input.nullable || !missing.has(input.name);
  switch (frameFamily(input)) {
    case 'integer':
      return isWhole ? 'long' : 'double';
    case 'number':
      return 'double';
    case 'boolean':
      return isWhole ? 'boolean' : 'double';
    case 'time':
      return 'datetime';
    case 'text':
    case 'nested':
      return 'string';
  }
}

/** What the file holds; where that is text, which CSV may hold anything as, what the project declares. */
function frameFamily({ type, storedAs = 'VARCHAR' }: ModelInput): TypeFamily {
  const stored = familyOf(storedAs);
  return stored === 'text' ? declaredFamilies[type] : stored;
}

const declaredFamilies = {
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  timestamp: 'time',
  category: 'text',
  text: 'text',
} as const satisfies Record<ModelInput['type'], TypeFamily>;

function outputSignature(description: ModelDescription): { type: string; name: string; required: boolean }[] {
  const types = { number: 'float', integer: 'long', category: 'string' };
  // The first column is a class, or a number with a fraction; probabilities are float.
  return predictionColumns(description).map(({ name, type }, index) => ({
    type: type === 'number' && index === 0 ? 'double' : types[type],
    name,
    required: true,
  }));
}

/** The first rows in pandas' `split` form. */
function inputExample(inputs: readonly ModelInput[], example: Chunk): string {
  const rows = Math.min(exampleRows, example.rows);
  const data = Array.from({ length: rows }, (_, row) => inputs.map((input) => jsonValue(input, example.columns[input.name], row)));
  return `${JSON.stringify({ columns: inputs.map((input) => input.name), data })}\n`;
}

/** The value as a frame has it: a category may be stored as numbers. */
function jsonValue(input: ModelInput, vector: ColumnVector | undefined, row: number): string | number | boolean | null {
  const value = vector?.values[row] ?? null;
  if (value === null || value === missingTime) return null;
  if (typeof value === 'bigint') return timeText(value);
  switch (frameFamily(input)) {
    case 'boolean':
      return typeof value === 'string' ? value === 'true' : orNull(value) === null ? null : value === 1;
    case 'integer':
    case 'number':
      return orNull(Number(value));
    default:
      return value;
  }
}

/** Without a zone; null where a date has no four digits for its year, as DuckDB's infinity. */
function timeText(micros: bigint): string | null {
  const date = new Date(Number(micros / 1000n));
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().replace('Z', '') : null;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
