/** Turns rows in memory into the tensors a model takes. */
import { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { missingText, unreadableText, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import type { ModelInput } from './model.ts';

/**
 * One tensor of shape [rows, 1] per input.
 * @throws AppError `inference.missingColumn`, `inference.columnType`
 */
export function toFeeds(inputs: readonly Pick<ModelInput, 'name' | 'tensor'>[], chunk: Chunk): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, toTensor(input, requireVector(input.name, chunk), chunk.rows)]));
}

function requireVector(name: string, chunk: Chunk): ColumnVector {
  const vector = Object.hasOwn(chunk.columns, name) ? chunk.columns[name] : undefined;
  if (vector !== undefined) return vector;
  throw new AppError('inference.missingColumn', t('The model needs the column "{name}", which the data does not have.', { name }), {
    args: { name },
    remedy: t('The data has {columns}.', { columns: Object.keys(chunk.columns).join(', ') }),
  });
}

function toTensor(input: Pick<ModelInput, 'name' | 'tensor'>, vector: ColumnVector, rows: number): Tensor {
  const shape = [rows, 1];
  if (input.tensor === 'double' && vector.kind === 'number') return new Tensor('float64', vector.values, shape);
  if (input.tensor === 'int64' && vector.kind === 'time') return new Tensor('int64', vector.values, shape);
  if (input.tensor === 'string' && vector.kind === 'text') return new Tensor('string', vector.values.map(tensorText), shape);
  throw wrongColumnType(input, vector.kind);
}

/** How a tensor's column lies in a chunk. */
export const tensorKinds = { double: 'number', int64: 'time', string: 'text' } as const satisfies Record<string, ColumnVector['kind']>;

/** The data has another kind of values in a column than the model takes. */
export function wrongColumnType(input: Pick<ModelInput, 'name' | 'tensor'>, kind: ColumnVector['kind']): AppError {
  const wanted = { double: t('numbers'), int64: t('timestamps'), string: t('texts') }[input.tensor];
  const found = { number: t('numbers'), time: t('timestamps'), text: t('texts') }[kind];
  const args = { name: input.name, wanted, found };
  return new AppError('inference.columnType', t('The model takes {wanted} in the column "{name}", but the data has {found}.', args), {
    args,
    remedy: t("Declare the column's type in the data set as it was when the model was trained."),
  });
}

function tensorText(value: string | null): string {
  if (value === null) return missingText;
  return value.includes('\0') ? unreadableText : value;
}
