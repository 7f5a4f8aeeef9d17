/** The further readings of the data: through the feature graph in ONNX Runtime, into the matrix that trainers read. */
import type { Chunk } from '../../data/rows/columns.ts';
import { addMissing, noCounts, type MissingCounts } from '../../data/statistics/dataStatistics.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import { featureModel, inputElement, unfittedModel } from '../../features/compileFeatures.ts';
import type { FittedFeature } from '../../features/fitFeatures.ts';
import { encodeOnnx } from '../../features/onnx/onnxModel.ts';
import type { CyclicalFeature, FeaturePlan, NumericFeature } from '../../features/planFeatures.ts';
import { toFeeds } from '../../inference/scoring/feeds.ts';
import { OnnxSession, type TensorContent } from '../../inference/scoring/onnxSession.ts';
import { addTooLarge } from './featureNotes.ts';
import { SampleCollector } from './sampleRows.ts';
import { dataChanged } from './trainingRows.ts';

/** Where each row of the data set goes: training rows first, held-out rows after them, all others nowhere. */
export interface RowPlaces {
  readonly places: Uint32Array;
  readonly trainingRows: number;
  readonly heldOutRows: number;
}

/** The place of a row that belongs to neither part: a fold that moves forward in time leaves later rows out. */
export const nowhere = 0xffff_ffff;

export function placeRows(rows: number, split: { training: Uint32Array; validation: Uint32Array }): RowPlaces {
  const places = new Uint32Array(rows).fill(nowhere);
  split.training.forEach((row, index) => {
    places[row] = index;
  });
  split.validation.forEach((row, index) => {
    places[row] = split.training.length + index;
  });
  return { places, trainingRows: split.training.length, heldOutRows: split.validation.length };
}

/** The feature graph, ready to turn rows into the trainer's matrix: one thread, so that no bit depends on the machine. */
export class FeatureReader implements AsyncDisposable {
  readonly #plan: FeaturePlan;
  readonly #session: OnnxSession;

  private constructor(plan: FeaturePlan, session: OnnxSession) {
    this.#plan = plan;
    this.#session = session;
  }

  static async open(plan: FeaturePlan, fitted: readonly FittedFeature[]): Promise<FeatureReader> {
    return new FeatureReader(plan, await OnnxSession.open(encodeOnnx(featureModel(plan, fitted)), 1));
  }

  /** A matrix row by row. */
  async read(chunk: Chunk): Promise<Float64Array> {
    const content = await runChunk(this.#session, this.#plan, chunk);
    if (content instanceof Float64Array) return content;
    throw new RangeError('the feature graph gave no float64 matrix');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session.close();
  }
}

async function runChunk(session: OnnxSession, plan: FeaturePlan, chunk: Chunk): Promise<TensorContent | undefined> {
  const inputs = plan.inputs.map((column) => ({ name: column.name, tensor: inputElement(column.type) }));
  const [output] = await session.run(toFeeds(inputs, chunk));
  return output?.content;
}

export interface MatrixReading {
  readonly reader: DatasetReader;
  readonly plan: FeaturePlan;
  readonly rows: RowPlaces;
  readonly signal: AbortSignal;
}

export interface FilledMatrix {
  readonly missing: { readonly training: Readonly<MissingCounts>; readonly validation: Readonly<MissingCounts> };
  /** By raw column: values that are infinite, or too large for a feature. */
  readonly tooLarge: Readonly<Record<string, number>>;
  /** Some held-out rows as they are in the data; training rows where none are held out. */
  readonly sample: Chunk;
}

/**
 * Fills the matrix, each row at its place.
 * @param matrix row by row, `width` columns
 */
export async function fillMatrix(
  reading: MatrixReading,
  fitted: readonly FittedFeature[],
  into: { matrix: Float64Array; width: number; onRows: (read: number) => void },
): Promise<FilledMatrix> {
  const { rows, plan } = reading;
  const { trainingRows, heldOutRows } = rows;
  await using features = await FeatureReader.open(plan, fitted);
  const missing = { training: noCounts(), validation: noCounts() };
  const tooLarge = noCounts();
  const sample = new SampleCollector(heldOutRows > 0 ? heldOutRows : trainingRows);
  await eachChunk(reading, async (chunk, from) => {
    const values = await features.read(chunk);
    const { matrix, width } = into;
    const placeOf = (row: number): number => rows.places[from + row] ?? nowhere;
    const isLearned = (row: number): boolean => placeOf(row) < trainingRows;
    const isHeldOut = (row: number): boolean => placeOf(row) !== nowhere && !isLearned(row);
    for (let row = 0; row < chunk.rows; row++) {
      const place = placeOf(row);
      if (place !== nowhere) matrix.set(values.subarray(row * width, (row + 1) * width), place * width);
    }
    addMissing(missing.training, chunk, isLearned);
    addMissing(missing.validation, chunk, isHeldOut);
    addTooLarge(tooLarge, chunk);
    sample.add(chunk, heldOutRows > 0 ? isHeldOut : isLearned);
    into.onRows(from + chunk.rows);
  });
  return { missing, tooLarge, sample: sample.chunk() };
}

/** The values of some features over the training rows, before imputing and scaling: one array per feature. */
export async function readUnfitted(
  reading: MatrixReading,
  features: readonly (NumericFeature | CyclicalFeature)[],
): Promise<readonly Float64Array[]> {
  const { rows, plan } = reading;
  const values = features.map(() => new Float64Array(rows.trainingRows));
  await using session = await OnnxSession.open(encodeOnnx(unfittedModel(plan, features)), 1);
  await eachChunk(reading, async (chunk, from) => {
    const content = await runChunk(session, plan, chunk);
    if (!(content instanceof Float64Array)) throw new RangeError('the graph gave no float64 matrix');
    for (let row = 0; row < chunk.rows; row++) {
      const place = rows.places[from + row] ?? nowhere;
      if (place >= rows.trainingRows) continue;
      values.forEach((column, index) => {
        column[place] = content[row * features.length + index] ?? NaN;
      });
    }
  });
  return values;
}

async function eachChunk(reading: MatrixReading, take: (chunk: Chunk, from: number) => Promise<void>): Promise<void> {
  const { reader, plan, rows, signal } = reading;
  let from = 0;
  for await (const chunk of reader.chunks({ columns: plan.inputs.map((column) => column.name), signal })) {
    if (from + chunk.rows > rows.places.length) throw dataChanged(reader.name);
    await take(chunk, from);
    from += chunk.rows;
  }
  if (from !== rows.places.length) throw dataChanged(reader.name);
}
