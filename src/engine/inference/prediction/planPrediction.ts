/** What is decided before the first row of a batch prediction is read: columns and places. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { vectorKind } from '../../data/rows/columns.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { ModelReading } from '../../data/dataset/typedColumns.ts';
import type { TableColumn } from '../../data/files/writeTable.ts';
import { tensorKinds, wrongColumnType } from '../scoring/feeds.ts';
import type { ModelDescription, ModelInput } from '../scoring/model.ts';

/** Rows of a chunk, unless it would have more than so many values: memory must not grow with the columns either. */
const mostRows = 2 ** 17;
const mostValues = 2 ** 23;
const fewestRows = 1024;

/** Each thread has so many chunks, for all to end together; large ones, in which more rows are alike, are scored faster. */
const chunksOfThread = 4;

/** How many rows are read at a time. */
export function chunkRows({ rows, columns, threads }: { rows: number; columns: number; threads: number }): number {
  const share = Math.ceil(rows / (threads * chunksOfThread));
  return Math.max(fewestRows, Math.min(share, mostRows, Math.floor(mostValues / Math.max(1, columns))));
}

/** How the rows were read that the model learned from. */
export function readingOf({ inputs, values }: Pick<ModelDescription, 'inputs' | 'values'>): ModelReading {
  return { columns: Object.fromEntries(inputs.map(({ name, type, format }) => [name, { type, format }])), values };
}

/**
 * The columns to copy beside the predictions, as they stand in the data: the reader was opened with them.
 * @throws AppError `inference.keepColumn`
 */
export function keptColumns(keep: readonly string[], reader: DatasetReader, predicted: readonly TableColumn[]): readonly TableColumn[] {
  const isSame = (a: { name: string }, b: { name: string }): boolean => a.name.toLowerCase() === b.name.toLowerCase();
  return [...new Set(keep)].map((name) => {
    const column = reader.columns.find((known) => known.name === name);
    const args = { name, columns: columnList(reader) };
    if (column === undefined) {
      throw new AppError('inference.keepColumn', t('There is no column "{name}" to keep.', args), {
        args,
        remedy: t('The columns are {columns}.', args),
      });
    }
    if (!predicted.some((made) => isSame(made, column))) return { name, type: 'text', stored: reader.verbatim.get(name) };
    throw new AppError('inference.keepColumn', t('The column "{name}" cannot be kept: a column of predictions has its name.', args), {
      args,
      remedy: t('Leave it out of "keep", or rename it by a "query:" in the data set.'),
    });
  });
}

/** @throws AppError `inference.missingColumn`, `inference.columnType` */
export function requireInputs(inputs: readonly ModelInput[], reader: DatasetReader): void {
  for (const input of inputs) {
    const column = reader.columns.find((known) => known.name === input.name);
    if (column === undefined) throw missingColumn(input.name, reader);
    const kind = vectorKind(column.type);
    if (kind !== tensorKinds[input.tensor]) throw wrongColumnType(input, kind);
  }
}

function missingColumn(name: string, reader: DatasetReader): AppError {
  const args = { name, dataset: reader.name, columns: columnList(reader) };
  const message = t('The model needs the column "{name}", which the data set "{dataset}" does not have.', args);
  return new AppError('inference.missingColumn', message, { args, remedy: t('The columns are {columns}.', args) });
}

function columnList(reader: DatasetReader): string {
  const names = reader.columns.slice(0, 20).map((column) => column.name);
  return [...names, ...(reader.columns.length > names.length ? ['…'] : [])].join(', ');
}

/**
 * What is written must not take the place of the rows that are read, nor the predictions that of the rejected rows.
 * @throws AppError `inference.outputTaken`
 */
export async function requireOwnPlaces(outputs: readonly string[], root: string, reader: DatasetReader): Promise<void> {
  const read = await Promise.all(reader.fingerprint.files.map(async (file) => realPlace(resolve(root, file.path))));
  const taken = new Set(read);
  for (const output of outputs) {
    const place = await realPlace(resolve(root, output));
    if (taken.has(place)) {
      const args = { path: resolve(root, output) };
      throw new AppError('inference.outputTaken', t('{path} would be overwritten, which the prediction reads or writes already.', args), {
        args,
        remedy: t('Choose another file for the output or the rejected rows.'),
      });
    }
    taken.add(place);
  }
}

/** The path with the links among its folders followed. A file that is a link itself is replaced, not what it leads to. */
async function realPlace(path: string): Promise<string> {
  try {
    return join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    if (isMissing(error)) return path; // the folder is not there yet, so nothing can lie in it
    throw error;
  }
}
