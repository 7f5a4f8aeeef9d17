/** The first reading of the data: targets, weights, levels, and what the split needs; raw features stay on disk. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { CategoricalFeature } from '../../features/planFeatures.ts';
import { DictionaryColumn } from './dictionaryColumn.ts';
import type { TargetPlan } from './trainingTarget.ts';

export interface RowRequest {
  readonly target: TargetPlan;
  readonly categories: readonly CategoricalFeature[];
  /** The column of the event time. */
  readonly time: string | undefined;
  /** The column of groups, for a split by group. */
  readonly group: string | undefined;
  readonly weight: string | undefined;
}

/** Every row of the data set, in its order. */
export interface TrainingRows {
  readonly rows: number;
  readonly target: ColumnVector;
  /** By column. */
  readonly categories: ReadonlyMap<string, DictionaryColumn>;
  readonly times: BigInt64Array | undefined;
  readonly groups: readonly (string | number | null)[] | undefined;
  readonly weights: Float64Array | undefined;
}

/** The name under which a computed target is read; longer than any column would be called. */
const targetExpressionName = '__millwright_target__';

/** @throws AppError `training.dataChanged`, `training.weights`, and as the reader; CancelledError */
export async function readTrainingRows(reader: DatasetReader, request: RowRequest, signal: AbortSignal): Promise<TrainingRows> {
  const rows = await reader.rows();
  const store = new RowStore(rows, request);
  const { expression } = request.target;
  let from = 0;
  for await (const chunk of reader.chunks({
    columns: store.columns,
    ...(expression === undefined ? {} : { expressions: { [targetExpressionName]: expression } }),
    signal,
  })) {
    if (from + chunk.rows > rows) throw dataChanged(reader.name);
    store.write(chunk, from);
    from += chunk.rows;
  }
  if (from !== rows) throw dataChanged(reader.name);
  return store.finish();
}

/** Gathers the columns of a {@link RowRequest}. */
class RowStore {
  readonly columns: readonly string[];
  readonly #rows: number;
  readonly #request: RowRequest;
  readonly #target: WholeColumn;
  readonly #categories: ReadonlyMap<string, DictionaryColumn>;
  readonly #groups: DictionaryColumn;
  readonly #times: BigInt64Array;
  readonly #weights: Float64Array;

  constructor(rows: number, request: RowRequest) {
    const { target, time, group, weight } = request;
    this.#rows = rows;
    this.#request = request;
    this.#target = new WholeColumn(rows);
    this.#categories = new Map(request.categories.map(({ column }) => [column.name, new DictionaryColumn(rows)]));
    this.#groups = new DictionaryColumn(group === undefined ? 0 : rows);
    this.#times = new BigInt64Array(time === undefined ? 0 : rows);
    this.#weights = new Float64Array(weight === undefined ? 0 : rows);
    const wanted = [...this.#categories.keys(), time, group, weight, target.expression === undefined ? target.name : undefined];
    this.columns = [...new Set(wanted.filter((name) => name !== undefined))];
  }

  write(chunk: Chunk, from: number): void {
    const { target, time, group, weight } = this.#request;
    const vector = (name: string): ColumnVector => requireVector(chunk.columns, name);
    this.#target.write(vector(target.expression === undefined ? target.name : targetExpressionName), from);
    for (const [name, column] of this.#categories) column.write(vector(name), from);
    if (group !== undefined) this.#groups.write(vector(group), from);
    if (time !== undefined) this.#times.set(timesOf(vector(time), time), from);
    if (weight !== undefined) this.#weights.set(weightsOf(vector(weight), weight, from), from);
  }

  finish(): TrainingRows {
    const { time, group, weight } = this.#request;
    const groups = this.#groups;
    return {
      rows: this.#rows,
      target: this.#target.vector(),
      categories: this.#categories,
      times: time === undefined ? undefined : this.#times,
      groups: group === undefined ? undefined : Array.from(groups.codes, (code) => groups.values[code] ?? null),
      weights: weight === undefined ? undefined : this.#weights,
    };
  }
}

/** One column of every row. */
class WholeColumn {
  readonly #rows: number;
  #numbers: Float64Array | undefined;
  #texts: (string | null)[] | undefined;

  constructor(rows: number) {
    this.#rows = rows;
  }

  write(vector: ColumnVector, from: number): void {
    if (vector.kind === 'number') {
      this.#numbers ??= new Float64Array(this.#rows);
      this.#numbers.set(vector.values, from);
    } else if (vector.kind === 'text') {
      this.#texts ??= new Array<string | null>(this.#rows).fill(null);
      for (const [index, value] of vector.values.entries()) this.#texts[from + index] = value;
    } else {
      throw new AppError('training.targetType', t('A timestamp cannot be a target.'), {
        remedy: t('Write an expression that makes a number or a class of it, such as {rush: "hour(date) < 9"}.'),
      });
    }
  }

  vector(): ColumnVector {
    return this.#texts === undefined
      ? { kind: 'number', values: this.#numbers ?? new Float64Array(0) }
      : { kind: 'text', values: this.#texts };
  }
}

function requireVector(columns: Readonly<Record<string, ColumnVector>>, name: string): ColumnVector {
  const vector = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (vector === undefined) throw new RangeError(`the reader gave no column ${name}`);
  return vector;
}

function timesOf(vector: ColumnVector, name: string): BigInt64Array {
  if (vector.kind === 'time') return vector.values;
  throw new AppError('training.timeColumn', t('The time column "{name}" holds no timestamps.', { name }), {
    args: { name },
    remedy: t('Declare it as "type: timestamp", or choose another split.'),
  });
}

function weightsOf(vector: ColumnVector, name: string, from: number): Float64Array {
  if (vector.kind !== 'number') {
    throw new AppError('training.weights', t('The column "{name}" holds no numbers, so it cannot weigh the rows.', { name }), {
      args: { name },
      remedy: t('Name a column of numbers as "sample_weight", or leave it out.'),
    });
  }
  const bad = vector.values.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad === -1) return vector.values;
  const args = { name, row: from + bad + 1, weight: String(vector.values[bad]) };
  const message = Number.isNaN(vector.values[bad])
    ? t('Row {row} has no weight in "{name}".', args)
    : t('The weight of row {row} in "{name}" is {weight}.', args);
  throw new AppError('training.weights', message, {
    args,
    remedy: t('Weights are numbers from 0 up: mend the column, or leave such rows out with a "where:" in the data set.'),
  });
}

export function dataChanged(dataset: string): AppError {
  return new AppError('training.dataChanged', t('The data set "{dataset}" changed while it was read.', { dataset }), {
    args: { dataset },
    remedy: t('Train again once nothing writes to its files.'),
  });
}
