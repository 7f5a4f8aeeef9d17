/** What a user should know of the features a model was given: those of no use to it, and values it cannot use. */
import { t } from '../../../base/localize.ts';
import { formatCount } from '../../../base/format.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import { largestFeature, type FeatureColumn } from '../../features/compileFeatures.ts';
import type { FittedFeature } from '../../features/fitFeatures.ts';
import type { FeaturePlan, PlannedFeature } from '../../features/planFeatures.ts';
import type { TrainingRows } from './trainingRows.ts';

export interface NotedTables {
  readonly plan: FeaturePlan;
  readonly fitted: readonly FittedFeature[];
  readonly columns: readonly FeatureColumn[];
  readonly matrix: Float64Array;
  /** The rows that are learned from come first in the matrix. */
  readonly trainingRows: number;
  /** By raw column: values that are too large for a feature. */
  readonly tooLarge: Readonly<Record<string, number>>;
}

export function featureNotes(tables: NotedTables, data: TrainingRows): readonly string[] {
  const notes = [...levelNotes(tables, data), ...sizeNotes(tables), ...constantNotes(tables), ...identifierNotes(tables)];
  return [...new Set(notes)];
}

function levelNotes({ plan, fitted }: NotedTables, data: TrainingRows): string[] {
  return plan.features.flatMap((feature, index) => {
    const learned = fitted[index];
    if (feature.kind !== 'categorical' || learned?.kind !== 'categorical') return [];
    const args = {
      name: feature.name,
      levels: data.categories.get(feature.column.name)?.values.length ?? 0,
      kept: learned.levels.values.length,
    };
    if (args.kept === 0) return [t('The feature "{name}" is missing in every training row, so the model cannot use it.', args)];
    if (args.levels <= feature.maxLevels) return [];
    return [
      t('The feature "{name}" has {levels} levels; the {kept} most frequent are told apart, the others count as missing.', args),
      ...(args.levels > data.rows / 2
        ? [t('The feature "{name}" looks like an identifier: most rows have a level of their own.', args)]
        : []),
    ];
  });
}

/** Columns that cannot tell any two training rows apart. */
function constantNotes({ columns, matrix, trainingRows }: NotedTables): string[] {
  return columns.flatMap(({ name, levels }, index) => {
    if (levels === 0) return []; // the feature has a note of its own
    const first = matrix[index] ?? NaN;
    for (let row = 1; row < trainingRows; row++) {
      if (!Object.is(matrix[row * columns.length + index] ?? NaN, first)) return [];
    }
    return [
      Number.isNaN(first)
        ? t('The feature "{name}" is missing in every training row, so the model cannot use it.', { name })
        : t('The feature "{name}" has the same value in every training row, so the model cannot use it.', { name }),
    ];
  });
}

/** Whole numbers that count the rows: every row has its own, with hardly a gap. */
function identifierNotes({ plan, columns, matrix }: NotedTables): string[] {
  const rows = matrix.length / columns.length;
  return plan.features.filter(isPlainNumber).flatMap(({ name }) => {
    const column = columns.findIndex(({ feature }) => feature === name);
    const values = Float64Array.from({ length: rows }, (_, row) => matrix[row * columns.length + column] ?? NaN);
    return rows >= fewestIdentified && countsRows(values)
      ? [t('The feature "{name}" looks like an identifier: it counts the rows.', { name })]
      : [];
  });
}

const fewestIdentified = 20;
/** How much wider than the number of rows the range of an identifier may be. */
const mostGaps = 1.02;

function countsRows(values: Float64Array): boolean {
  if (!values.every(Number.isInteger)) return false;
  const sorted = values.sort();
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1;
  return span <= values.length * mostGaps && sorted.every((value, place) => place === 0 || value !== sorted[place - 1]);
}

/** Imputing leaves such values as they are; scaling does not keep them whole numbers. */
function isPlainNumber(feature: PlannedFeature): boolean {
  return feature.kind === 'numeric' && feature.expression.kind === 'column';
}

/** Adds up, by column, the numbers that no feature can hold. */
export function addTooLarge(counts: Record<string, number>, chunk: Chunk): void {
  for (const [name, vector] of Object.entries(chunk.columns)) {
    if (vector.kind !== 'number') continue;
    const found = vector.values.reduce((count, value) => count + Number(Math.abs(value) > largestFeature), 0);
    if (found > 0) counts[name] = (counts[name] ?? 0) + found;
  }
}

function sizeNotes({ plan, tooLarge }: NotedTables): string[] {
  return plan.features.filter(isPlainNumber).flatMap(({ name }) => {
    const count = tooLarge[name] ?? 0;
    return count === 0
      ? []
      : [
          t('The feature "{name}" is infinite, or too large for float32, in {count} rows: there it counts as missing.', {
            name,
            count: formatCount(count),
          }),
        ];
  });
}
