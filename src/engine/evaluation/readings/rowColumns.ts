/** What is read of every row besides truth and scores: segments, the group it is ranked in, its weight. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import { isMissingAt } from '../../data/statistics/dataStatistics.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import type { RowGroups } from '../metrics/predictions.ts';
import { SegmentColumn } from './segmentColumn.ts';

export type RowColumnNames = Pick<EvaluateStage, 'segments' | 'group' | 'sample_weight'>;

export interface ReadRowColumns {
  readonly segments: readonly SegmentColumn[];
  readonly groups: RowGroups | undefined;
  readonly weights: Float64Array | undefined;
}

export class RowColumns {
  readonly #dataset: string;
  readonly #segments: readonly SegmentColumn[];
  readonly #group: SegmentColumn | undefined;
  readonly #weight: { readonly column: string; readonly values: Float64Array } | undefined;
  #withoutGroup = 0;

  constructor({ segments = [], group, sample_weight }: RowColumnNames, rows: number, dataset: string) {
    this.#dataset = dataset;
    this.#segments = segments.map((column) => new SegmentColumn(column, rows));
    this.#group = group === undefined ? undefined : new SegmentColumn(group, rows, Infinity);
    this.#weight = sample_weight === undefined ? undefined : { column: sample_weight, values: new Float64Array(rows) };
  }

  static names({ segments = [], group, sample_weight }: RowColumnNames): readonly string[] {
    return [...segments, ...(group === undefined ? [] : [group]), ...(sample_weight === undefined ? [] : [sample_weight])];
  }

  /** @throws AppError `evaluation.columnMissing`, `evaluation.tooManySegments`, `evaluation.weightType` */
  append(chunk: Chunk, start: number): void {
    for (const segment of this.#segments) segment.append(columnOf(chunk, segment.column, this.#dataset), start);
    if (this.#group !== undefined) {
      const vector = columnOf(chunk, this.#group.column, this.#dataset);
      this.#group.append(vector, start);
      for (let row = 0; row < chunk.rows; row++) if (isMissingAt(vector, row)) this.#withoutGroup++;
    }
    if (this.#weight === undefined) return;
    const { column, values } = this.#weight;
    values.set(numbersOf(columnOf(chunk, column, this.#dataset), column), start);
  }

  /** @throws AppError `evaluation.groupMissing`, `evaluation.badWeight`, `evaluation.noWeight` */
  finish(): ReadRowColumns {
    if (this.#group !== undefined && this.#withoutGroup > 0) throw groupMissing(this.#group.column, this.#withoutGroup, this.#dataset);
    if (this.#weight !== undefined) checkWeights(this.#weight, this.#dataset);
    return {
      segments: this.#segments,
      groups: this.#group === undefined ? undefined : { codes: this.#group.codes, count: this.#group.values.length },
      weights: this.#weight?.values,
    };
  }
}

/** @throws AppError `evaluation.columnMissing` */
export function columnOf(chunk: Chunk, name: string, dataset: string): ColumnVector {
  const column = chunk.columns[name];
  if (column === undefined) throw columnMissing(name, dataset, Object.keys(chunk.columns));
  return column;
}

/** @throws AppError `evaluation.columnMissing` for the first that the data set has not */
export function requireColumns(reader: DatasetReader, wanted: readonly string[]): void {
  const present = reader.columns.map(({ name }) => name);
  const absent = wanted.find((name) => !present.includes(name));
  if (absent !== undefined) throw columnMissing(absent, reader.name, present);
}

function numbersOf(vector: ColumnVector, column: string): Float64Array {
  if (vector.kind === 'number') return vector.values;
  throw new AppError('evaluation.weightType', t('The weights in {column} must be numbers.', { column }), {
    args: { column },
    remedy: t('Name a column of numbers as "sample_weight".'),
  });
}

function checkWeights({ column, values }: { readonly column: string; readonly values: Float64Array }, dataset: string): void {
  const row = values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  const args = { column, dataset, row: row + 1, weight: String(values[row]) };
  if (row !== -1) {
    const message = Number.isNaN(values[row])
      ? t('Row {row} of {dataset} has no weight in {column}.', args)
      : t('The weight in row {row} of {dataset} is {weight} ({column}), which no row can have.', args);
    throw new AppError('evaluation.badWeight', message, {
      args,
      remedy: t('Weights are numbers from 0 up; leave other rows out with "where".'),
    });
  }
  if (values.some((weight) => weight > 0)) return;
  throw new AppError('evaluation.noWeight', t('Every row of {dataset} has the weight 0 in {column}.', { column, dataset }), {
    args: { column, dataset },
    remedy: t('Name the column that weighs the rows as "sample_weight".'),
  });
}

function groupMissing(column: string, missing: number, dataset: string): AppError {
  const args = { column, dataset, missing: formatCount(missing) };
  return new AppError('evaluation.groupMissing', t('{missing} rows of {dataset} belong to no group: {column} is missing.', args), {
    args,
    remedy: t('Leave those rows out with a "where" condition on the data set.'),
  });
}

function columnMissing(column: string, dataset: string, present: readonly string[]): AppError {
  const args = { column, dataset, columns: present.slice(0, 20).join(', ') };
  return new AppError('evaluation.columnMissing', t('{dataset} has no column {column}, which the evaluation needs.', args), {
    args,
    remedy: t('It has: {columns}.', args),
  });
}
