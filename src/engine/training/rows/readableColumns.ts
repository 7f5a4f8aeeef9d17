/** Whether the columns that are to be numbers are numbers: a few texts among them must not turn a target into classes. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { ReadingNote } from '../../data/texts/readingNotes.ts';
import { parseExpression } from '../../features/expression/parseExpression.ts';
import { columnsOf } from '../../features/expression/syntax.ts';
import type { FeaturesSpec } from '../../project/definitions/feature.ts';
import type { TargetPlan } from './trainingTarget.ts';

/**
 * A target that is a text because of a few of its values, or because of one of its files, would be learned as classes; a numeric
 * feature could not be read at all.
 * @throws AppError `training.notNumbers` with the first such value
 */
export async function requireNumbers(reader: DatasetReader, spec: FeaturesSpec, target: TargetPlan): Promise<void> {
  const inFeatures = numericColumns(spec);
  for (const note of reader.notes.filter(({ wouldBe }) => wouldBe === 'number')) {
    const isTarget = target.expression === undefined && note.column === target.name;
    if (isTarget || inFeatures.has(note.column)) throw await notNumbers(reader, note, isTarget);
  }
  if (target.expression === undefined) await requireOneKind(reader, target.name);
}

function numericColumns({ numeric = [], cyclical = {} }: FeaturesSpec): ReadonlySet<string> {
  const listed: readonly string[] = Array.isArray(numeric) ? numeric : [];
  const named = Array.isArray(numeric) ? [] : Object.entries(numeric);
  const plain = [...listed, ...named.flatMap(([name, { value }]) => (value === undefined ? [name] : []))];
  const written = [...named.map(([, { value }]) => value), ...Object.values(cyclical).map(({ value }) => value)];
  const sources = written.filter((source) => source !== undefined);
  return new Set([...plain, ...sources.flatMap((source) => columnsOf(parseExpression(source)))]);
}

async function notNumbers(reader: DatasetReader, note: ReadingNote, isTarget: boolean): Promise<AppError> {
  const found = await reader.firstMisfit(note.column, 'number');
  const args = { column: note.column, row: found?.row ?? 0, file: found?.file ?? '', value: found?.value ?? note.example ?? '' };
  const message = isTarget
    ? t('Row {row} of {file}: "{value}" is no number, so the target "{column}" would be classes instead of a number.', args)
    : t('Row {row} of {file}: "{value}" is no number, but "{column}" is a numeric feature.', args);
  return new AppError('training.notNumbers', message, { args: { ...args, key: `datasets.${reader.name}.read` }, remedy: note.remedy });
}

/** Texts in one file and nothing but numbers in another: a file that came later must not change what is learned. */
async function requireOneKind(reader: DatasetReader, target: string): Promise<void> {
  const column = reader.columns.find(({ name, type }) => name === target && type === 'text');
  if (column === undefined) return;
  const kinds = await reader.filesOfNumbers(target);
  const [numbers] = kinds.numbers;
  const [other] = kinds.others;
  if (numbers === undefined || other === undefined) return;
  const args = { column: target, numbers, ...other };
  throw new AppError(
    'training.notNumbers',
    t('Row {row} of {file}: "{value}" is no number, while {numbers} holds nothing but numbers in the target "{column}".', args),
    {
      args,
      remedy: t('Correct the file, or leave it out; if the target is a class, declare it: {declaration}.', {
        declaration: `columns: {"${target}": {type: category}}`,
      }),
    },
  );
}
