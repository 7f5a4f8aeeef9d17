/** Scores as the columns that users read: the predicted class with probabilities, or a number. */
import type { ColumnVector } from '../../data/rows/columns.ts';
import type { ModelDescription, Scores } from '../scoring/model.ts';

export interface PredictionColumn {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'category';
}

/**
 * `prediction`, then `probability` of the second of two classes, or `probability_<class>` of each of several. Readers of tables
 * do not tell upper from lower case, so of names that differ in nothing else the later ones end in `_2`, `_3` and so on; nor
 * do they take a NUL character in a name: it becomes a space.
 */
export function predictionColumns({ task, classes }: ModelDescription): readonly PredictionColumn[] {
  if (task === 'regression') return [{ name: 'prediction', type: 'number' }];
  const prediction: PredictionColumn = { name: 'prediction', type: classType(classes) };
  const probabilities =
    task === 'binary' ? ['probability'] : distinctNames(classes.map((name) => `probability_${name.replaceAll('\0', ' ')}`));
  return [prediction, ...probabilities.map((name): PredictionColumn => ({ name, type: 'number' }))];
}

function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let count = 2; taken.has(distinct.toLowerCase()); count++) distinct = `${name}_${count}`;
    taken.add(distinct.toLowerCase());
    return distinct;
  });
}

/** The vectors of {@link predictionColumns}, in their order. */
export function predictionVectors(description: ModelDescription, scores: Scores): readonly ColumnVector[] {
  const { task, classes } = description;
  if (task === 'regression') return [{ kind: 'number', values: Float64Array.from(scores.scores) }];
  const probabilities = task === 'binary' ? [column(scores, 1)] : classes.map((_, index) => column(scores, index));
  return [classVector(classes, predictedClasses(description, scores)), ...probabilities];
}

/** The index of each row's class: by the threshold where there are two, else the most probable. */
export function predictedClasses({ task, threshold }: ModelDescription, { rows, width, scores }: Scores): Int32Array {
  const indices = new Int32Array(rows);
  const limit = Math.fround(threshold ?? 0.5); // the graph compares float32 with float32
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    if (task === 'binary') indices[row] = (scores[at + 1] ?? 0) >= limit ? 1 : 0;
    else indices[row] = largestOf(scores, at, width);
  }
  return indices;
}

/** The place of the first of the largest numbers, counted from `at`. */
function largestOf(scores: Scores['scores'], at: number, width: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) if ((scores[at + k] ?? 0) > (scores[at + best] ?? 0)) best = k;
  return best;
}

function classVector(classes: readonly string[], indices: Int32Array): ColumnVector {
  if (classType(classes) === 'category') return { kind: 'text', values: Array.from(indices, (index) => classes[index] ?? null) };
  const numbers = classes.map(Number);
  const values = new Float64Array(indices.length);
  for (let row = 0; row < indices.length; row++) values[row] = numbers[indices[row] ?? -1] ?? NaN;
  return { kind: 'number', values };
}

function column({ rows, width, scores }: Scores, index: number): ColumnVector {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = scores[row * width + index] ?? NaN;
  return { kind: 'number', values };
}

/** Classes that are numbers keep their type: `1` is a whole number, `1.0` one that is stored with a fraction. */
export function classType(classes: readonly string[]): PredictionColumn['type'] {
  if (classes.every((name) => /^-?(0|[1-9]\d{0,14})$/.test(name))) return 'integer';
  return classes.every((name) => /^-?(0|[1-9]\d{0,14})\.0$/.test(name)) ? 'number' : 'category';
}
