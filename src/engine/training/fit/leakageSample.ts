/** The rows and values that the search for leaking features looks at: what the trainer reads, of some of its rows. */
import type { FeatureValues } from '../../data/statistics/association.ts';
import type { PlannedFeature } from '../../features/planFeatures.ts';
import type { TrainingData } from '../rows/prepareTables.ts';
import type { TrainingSource } from '../rows/trainingSource.ts';

/**
 * At most so many of the rows that are learned from, evenly spaced, with room for every class: places in the tables.
 * Which they are depends on the data alone.
 */
export function sampledRows({ target, tables }: TrainingData, most: number): Uint32Array {
  const values = new Float64Array(tables.target, 0, tables.rows);
  if (target.task === 'regression')
    return everyNth(
      Uint32Array.from(values, (_, row) => row),
      most,
    );
  const counts = new Uint32Array(target.classes.length);
  for (const label of values) counts[label] = (counts[label] ?? 0) + 1;
  const steps = counts.map((count) => Math.max(1, Math.ceil(count / (most / counts.length))));
  const seen = new Uint32Array(counts.length);
  return Uint32Array.from(values.keys()).filter((row) => {
    const label = values[row] ?? 0;
    const place = seen[label] ?? 0;
    seen[label] = place + 1;
    return place % (steps[label] ?? 1) === 0;
  });
}

function everyNth(rows: Uint32Array, most: number): Uint32Array {
  const step = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, place) => place % step === 0);
}

/** One feature as the trainer reads it; a category by all its levels, a cycle by its angle. */
export function featureValues(
  feature: PlannedFeature,
  rows: Uint32Array,
  { source, data }: { source: TrainingSource; data: TrainingData },
): FeatureValues {
  if (feature.kind === 'categorical') {
    const codes = source.data.categories.get(feature.column.name)?.codes;
    const rowAt = rowsByPlace(data);
    return { kind: 'levels', codes: Int32Array.from(rows, (place) => codes?.[rowAt[place] ?? 0] ?? -1) };
  }
  const width = data.columns.length;
  const first = data.columns.findIndex((column) => column.feature === feature.name);
  const at = (place: number, column: number): number => data.matrix[place * width + column] ?? NaN;
  const value = (place: number): number =>
    feature.kind === 'cyclical' ? Math.atan2(at(place, first), at(place, first + 1)) : at(place, first);
  return { kind: 'numbers', values: Float64Array.from(rows, value) };
}

/** The row of the data set at each place of the tables. */
function rowsByPlace({ rows }: TrainingData): Uint32Array {
  const result = new Uint32Array(rows.trainingRows);
  rows.places.forEach((place, row) => {
    if (place < rows.trainingRows) result[place] = row;
  });
  return result;
}
