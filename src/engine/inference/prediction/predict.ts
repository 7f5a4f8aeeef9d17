/** Batch prediction: a data set through a model into a file, a batch at a time, in memory that does not grow with the rows. */
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { mapInOrder } from '../../../base/mapInOrder.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { removeTree } from '../../../base/trees.ts';
import type { DataStatistics } from '../../../protocol/dataStatistics.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { verbatimName, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import { describeStatistics, observe, type Observation } from '../../data/statistics/dataStatistics.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import { openDataset, readColumns, type DatasetProject } from '../../data/dataset/openDataset.ts';
import { checkWritable, openTableWriter, type TableColumn, type TableWriter } from '../../data/files/writeTable.ts';
import { addFault, findFaults, type RowFaults } from './inputChecks.ts';
import type { ModelDescription, Scores } from '../scoring/model.ts';
import { openScorer, type RowScorer } from '../openModelAt.ts';
import { chunkRows, keptColumns, readingOf, requireInputs, requireOwnPlaces } from './planPrediction.ts';
import { predictionColumns, predictionVectors } from './predictionColumns.ts';
import { RejectsFile, rejectsBeside } from './rejectsFile.ts';
import { takeRows, takeScores } from '../scoring/takeRows.ts';
import { UnseenLevels } from './unseenLevels.ts';

export interface PredictOptions {
  readonly project: DatasetProject;
  readonly dataset: string;
  readonly modelFolder: string;
  /** The SHA-256 the model must have; default: the one recorded beside it. */
  readonly expectedDigest?: string | undefined;
  /** Absolute path; its ending decides the format. */
  readonly output: string;
  /** The columns that a model of another tool takes in one tensor, in its order. */
  readonly inputs?: readonly string[] | undefined;
  /** Columns to copy beside the predictions. */
  readonly keep?: readonly string[] | undefined;
  /** Absolute path of the file for rows that cannot be predicted; default: {@link rejectsBeside}. */
  readonly rejects?: string | undefined;
  readonly asOf: Date;
  /** Asked once more before the files are put in their places; throws where a place is no longer allowed. */
  readonly confirmPlaces?: (() => Promise<void>) | undefined;
}

export interface PredictResult {
  /** Rows of the output. */
  readonly rows: number;
  readonly rejected: number;
  /** Where the rejected rows lie; undefined when there are none. */
  readonly rejects: string | undefined;
  /** Of the rows read. */
  readonly statistics: DataStatistics;
  /** What the user should know: of a model of another tool, of categories that hold values it has not learned. */
  readonly notes: readonly string[];
}

/**
 * Writes the kept columns and the predictions of every row; a row that the model cannot be asked about goes to the rejects
 * file with the reasons. Both files appear whole, or neither does. The same bytes on any number of threads.
 * @throws AppError `inference.keepColumn`, `inference.missingColumn`, `inference.columnType`, `inference.outputTaken`,
 * `inference.allRejected`, and as opening the data set, opening the model and writing do; CancelledError
 */
export async function predictToFile(options: PredictOptions, ctx: StageContext): Promise<PredictResult> {
  const { project, asOf } = options;
  const { budget, signal } = ctx;
  const columnNames = async (): Promise<string[]> =>
    (await readColumns(project, options.dataset, { budget, signal })).map(({ name }) => name);
  const notes: string[] = [];
  await using scorer = await openScorer(options.modelFolder, {
    threads: budget.threads,
    expectedDigest: options.expectedDigest,
    choices: async () => ({ inputs: options.inputs, target: undefined, columns: await columnNames() }),
    note: (message) => {
      notes.push(message);
      ctx.log('info', message);
    },
    signal,
  });
  const { description } = scorer;
  const reading = readingOf(description);
  await using reader = await openDataset(project, options.dataset, {
    asOf,
    budget,
    signal,
    reading,
    setsAside: true,
    verbatim: options.keep,
  });
  const predicted = predictionColumns(description);
  const kept = keptColumns(options.keep ?? [], reader, predicted);
  requireInputs(description.inputs, reader);
  const rejectsPath = options.rejects ?? rejectsBeside(options.output);
  await requireOwnPlaces([options.output, rejectsPath], project.root, reader);
  await checkWritable(rejectsPath);
  await using output = await openTableWriter(options.output, { columns: [...kept, ...predicted], budget, signal });
  await using rejects = new RejectsFile({ path: rejectsPath, kept, budget, signal });
  await scorer.start();
  const observation = observe(reader);
  const unseen = new UnseenLevels(description.inputs);
  await predictRows({ reader: observation.reader, description, kept, scorer, output, rejects, unseen }, ctx);
  const statistics = statisticsOf(observation, description);
  ctx.log('info', describeStatistics(statistics));
  for (const note of unseen.notes(statistics.rows)) {
    notes.push(note);
    ctx.log('warning', note);
  }

  const rows = await output.finish();
  await rejects.finish();
  await options.confirmPlaces?.();
  await rejects.commit();
  if (rows === 0) throw allRejected(reader.name, rejects.rows, rejectsPath);
  await output.commit();
  const rejected = rejects.rows;
  if (rejected === 0)
    await removeTree(rejectsPath); // an older one would speak of rows that are fine now
  else
    ctx.log(
      'warning',
      t('{rejected} rows could not be predicted; they lie in {path}.', { rejected: formatCount(rejected), path: rejectsPath }),
    );
  return { rows, rejected, rejects: rejected === 0 ? undefined : rejectsPath, statistics, notes };
}

/** Kept columns are no inputs of the model. */
function statisticsOf({ reader, rows, missing }: Observation, { inputs }: ModelDescription): DataStatistics {
  const names = new Set(inputs.map(({ name }) => name));
  const counts = Object.fromEntries(Object.entries(missing()).filter(([name]) => names.has(name)));
  return { dataset: reader.name, context: 'prediction', rows: rows(), missing: counts, target: undefined };
}

interface Prediction {
  readonly reader: DatasetReader;
  readonly description: ModelDescription;
  readonly kept: readonly TableColumn[];
  readonly scorer: RowScorer;
  readonly output: TableWriter;
  readonly rejects: RejectsFile;
  readonly unseen: UnseenLevels;
}

/** Some rows as they were read, and those of them that the model was asked about. */
interface Batch {
  readonly chunk: Chunk;
  /** How many rows came before. */
  readonly from: number;
  readonly faults: RowFaults;
  /** The rows of the chunk without faults; undefined when all are. */
  readonly asked: readonly number[] | undefined;
}

async function predictRows(prediction: Prediction, ctx: StageContext): Promise<void> {
  const { reader, scorer, description, kept } = prediction;
  const { signal, budget } = ctx;
  const total = await reader.rows();
  const startedAt = performance.now();
  const size = chunkRows({ rows: total, columns: description.inputs.length + kept.length, threads: budget.threads });
  const scored = mapInOrder(readBatches(prediction, size, signal), scorer.appetite, async (batch) => {
    const { chunk, asked } = batch;
    return { batch, scores: await scorer.score(asked === undefined ? chunk : takeRows(chunk, asked)) };
  });
  for await (const { batch, scores } of scored) {
    throwIfCancelled(signal);
    await writeBatch(prediction, batch, scores);
    const read = batch.from + batch.chunk.rows;
    const fraction = total === 0 ? 1 : Math.min(1, read / total);
    const remainingMs = ((performance.now() - startedAt) * (1 - fraction)) / fraction;
    ctx.progress({
      message: t('Predicted {read} of {total} rows', { read: formatCount(read), total: formatCount(total) }),
      fraction,
      remainingMs,
    });
  }
}

async function* readBatches({ reader, description, kept, unseen }: Prediction, size: number, signal: AbortSignal): AsyncGenerator<Batch> {
  const columns = description.inputs.map(({ name }) => name);
  const verbatim = kept.map(({ name }) => name);
  let from = 0;
  for await (const chunk of reader.chunks({ columns, verbatim, chunkRows: size, signal })) {
    const faults = findFaults(chunk, description.inputs);
    unseen.add(chunk, from);
    yield { chunk, from, faults, asked: faults.size === 0 ? undefined : rowsWithout(faults, chunk.rows) };
    from += chunk.rows;
  }
}

function rowsWithout(faults: RowFaults, rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => !faults.has(row));
}

/** Writes the rows that have a number; what the model gives no number for joins the rejected rows. */
async function writeBatch(prediction: Prediction, batch: Batch, scores: Scores): Promise<void> {
  const { description, kept, output, rejects } = prediction;
  const { chunk, from, faults, asked } = batch;
  const unanswered = rowsWithoutNumber(scores);
  for (const row of unanswered) addFault(faults, asked?.[row] ?? row, t('the model gives no number'));
  await rejects.write(chunk, faults, from);
  const rest = faults.size === 0 ? undefined : rowsWithout(faults, chunk.rows);
  const good = rest === undefined ? chunk : takeRows(chunk, rest);
  const answered = unanswered.size === 0 ? scores : takeScores(scores, rowsWithout(faultsOf(unanswered), scores.rows));
  if (good.rows > 0) await output.write(outputChunk(description, { good, kept, scores: answered }));
}

function faultsOf(rows: ReadonlySet<number>): RowFaults {
  return new Map([...rows].map((row) => [row, []]));
}

function rowsWithoutNumber({ rows, width, scores }: Scores): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < rows * width; at++) if (!Number.isFinite(scores[at])) found.add(Math.floor(at / width));
  return found;
}

function outputChunk(
  description: ModelDescription,
  { good, kept, scores }: { good: Chunk; kept: readonly TableColumn[]; scores: Scores },
): Chunk {
  const vectors = predictionVectors(description, scores);
  const columns: (readonly [string, ColumnVector | undefined])[] = [
    ...kept.map(({ name }) => [name, good.columns[verbatimName(name)]] as const),
    ...predictionColumns(description).map(({ name }, index) => [name, vectors[index]] as const),
  ];
  return { rows: good.rows, columns: Object.fromEntries(columns) as Chunk['columns'] };
}

function allRejected(dataset: string, rows: number, path: string): AppError {
  const args = { dataset, rows: formatCount(rows), path };
  return new AppError('inference.allRejected', t('None of the {rows} rows of {dataset} could be predicted; {path} says why.', args), {
    args,
    remedy: t('Correct the data, or declare its columns as they were when the model was trained. Earlier predictions were kept.'),
  });
}
