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
  const limit = Math.fround(threshold ?? 0.5); // the graph compares float32 with float32
  return Int32Array.from({ length: rows }, (_, row) => {
    if (task === 'binary') return (scores[row * width + 1] ?? 0) >= limit ? 1 : 0;
    let best = 0;
    for (let k = 1; k < width; k++) if ((scores[row * width + k] ?? 0) > (scores[row * width + best] ?? 0)) best = k;
    return best;
  });
}

function classVector(classes: readonly string[], indices: Int32Array): ColumnVector {
  if (classType(classes) !== 'category') {
    const numbers = classes.map(Number);
    return { kind: 'number', values: Float64Array.from(indices, (index) => numbers[index] ?? NaN) };
  }
  return { kind: 'text', values: Array.from(indices, (index) => classes[index] ?? null) };
}

function column({ rows, width, scores }: Scores, index: number): ColumnVector {
  return { kind: 'number', values: Float64Array.from({ length: rows }, (_, row) => scores[row * width + index] ?? NaN) };
}

/** Classes that are numbers keep their type: `1` is a whole number, `1.0` one that is stored with a fraction. */
export function classType(classes: readonly string[]): PredictionColumn['type'] {
  if (classes.every((name) => /^-?(0|[1-9]\d{0,14})$/.test(name))) return 'integer';
  return classes.every((name) => /^-?(0|[1-9]\d{0,14})\.0$/.test(name)) ? 'number' : 'category';
}
