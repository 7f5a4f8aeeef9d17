/** What columns of predictions mean: the task they answer, their classes, their scale. */
import { AppError } from '../../../base/errors.ts';
import { formatCount, formatFigure } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import { findClass, sortedClasses } from '../../data/statistics/classNames.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import type { Predictions } from '../metrics/predictions.ts';
import type { Scale, Subject } from './subject.ts';

type Spec = NonNullable<EvaluateStage['predictions']>;

/** A column that was read: its numbers, or its codes into `classes`; NaN where missing. */
export interface ReadColumn {
  readonly name: string;
  readonly values: Float64Array;
  readonly classes: readonly string[];
}

export interface ReadColumns {
  readonly task: Task;
  readonly dataset: string;
  readonly target: ReadColumn;
  readonly predicted: readonly ReadColumn[];
}

export interface Understood {
  readonly subject: Subject;
  readonly predictions: Predictions;
  readonly notes: readonly string[];
}

/** @throws AppError `evaluation.scoreMissing` */
export function predictedNumbers({ target, predicted, dataset }: ReadColumns, spec: Spec): Understood {
  const [scores] = predicted;
  if (scores === undefined || predicted.length > 1 || spec.prediction === undefined) throw regressionColumn();
  checkNumbers(predicted, dataset);
  checkNumbers([target], dataset);
  return {
    subject: { task: 'regression', target: target.name, classes: [], threshold: undefined },
    predictions: { task: 'regression', truth: target.values, scores: scores.values },
    notes: [],
  };
}

/** @throws AppError `evaluation.scoreMissing`, `evaluation.notTwoClasses`, `evaluation.unknownClass` */
export function predictedClasses(read: ReadColumns, spec: Spec): Understood {
  checkNumbers(read.predicted, read.dataset);
  if (spec.score !== undefined) return binaryScores(read, spec);
  return spec.probabilities === undefined ? decidedClasses(read, spec) : classProbabilities(read, spec.probabilities, spec);
}

function binaryScores({ target, predicted, dataset }: ReadColumns, spec: Spec): Understood {
  const classes = twoClasses(target.classes, spec, { target: target.name, dataset });
  const scores = predicted[0]?.values ?? new Float64Array(0);
  const scale = scaleOf(scores);
  return {
    ...binary(target, { classes, scores, scale, threshold: spec.threshold }),
    notes: scale === 'probability' ? [] : [rangeNote(spec.score ?? '', scores)],
  };
}

interface BinaryParts {
  readonly classes: readonly string[];
  readonly scores: Float64Array;
  readonly scale: Scale;
  readonly threshold: number | undefined;
}

function binary(target: ReadColumn, { classes, scores, scale, threshold }: BinaryParts): Omit<Understood, 'notes'> {
  const inForce = threshold ?? (scale === 'score' ? undefined : 0.5);
  const isPositive = target.classes.map((name) => Number(name === classes[1]));
  return {
    subject: {
      task: 'binary',
      target: target.name,
      classes,
      threshold: inForce,
      thresholdChoice: inForce === undefined || scale === 'decision' ? undefined : { by: threshold === undefined ? 'default' : 'number' },
      scale,
    },
    predictions: {
      task: 'binary',
      truth: Uint8Array.from(target.values, (code) => isPositive[code] ?? 0),
      scores,
      threshold: inForce ?? Infinity,
    },
  };
}

function classProbabilities(read: ReadColumns, columns: Readonly<Record<string, string>>, spec: Spec): Understood {
  const { target, predicted, dataset } = read;
  const keys = Object.keys(columns);
  if (keys.length < 2) throw tooFewClasses(keys);
  const named = asInTarget(keys, target);
  const unknown = target.classes.find((name) => !named.includes(name));
  if (unknown !== undefined) throw unknownClass(unknown, named, { target: target.name, dataset });
  if (named.length === 2) {
    const classes = twoClasses(named, spec, { target: target.name, dataset });
    const scores = predicted[named.indexOf(classes[1] ?? '')]?.values ?? new Float64Array(0);
    return { ...binary(target, { classes, scores, scale: scaleOf(scores), threshold: spec.threshold }), notes: [] };
  }
  const width = named.length;
  const scores = new Float64Array(target.values.length * width);
  predicted.forEach(({ values }, k) => {
    values.forEach((score, row) => (scores[row * width + k] = score));
  });
  const scale = scaleOf(scores);
  const sums = scale === 'probability' ? addUp(scores, width) : { scale, notes: [] };
  const codes = target.classes.map((name) => named.indexOf(name));
  return {
    subject: {
      task: 'multiclass',
      target: target.name,
      classes: named,
      threshold: undefined,
      scale: sums.scale,
    },
    predictions: { task: 'multiclass', truth: Int32Array.from(target.values, (code) => codes[code] ?? 0), scores, classes: width },
    notes: sums.notes,
  };
}

/** Classes alone: a row is wholly the class that was decided for. */
function decidedClasses({ target, predicted, task, dataset }: ReadColumns, spec: Spec): Understood {
  const [decided] = predicted;
  const decisionNames = asInTarget(decided?.classes ?? [], target);
  const classes = sortedClasses(new Set([...target.classes, ...decisionNames]));
  const codes = decisionNames.map((name) => classes.indexOf(name));
  const decisions = Int32Array.from(decided?.values ?? [], (code) => codes[code] ?? 0);
  if (task === 'binary' || classes.length === 2) {
    const two = twoClasses(classes, spec, { target: target.name, dataset });
    const positive = classes.indexOf(two[1] ?? '');
    const scores = Float64Array.from(decisions, (code) => Number(code === positive));
    return { ...binary(target, { classes: two, scores, scale: 'decision', threshold: undefined }), notes: [] };
  }
  const scores = new Float64Array(decisions.length * classes.length);
  decisions.forEach((code, row) => (scores[row * classes.length + code] = 1));
  const truths = target.classes.map((name) => classes.indexOf(name));
  return {
    subject: { task: 'multiclass', target: target.name, classes, threshold: undefined, scale: 'decision' },
    predictions: {
      task: 'multiclass',
      truth: Int32Array.from(target.values, (code) => truths[code] ?? 0),
      scores,
      classes: classes.length,
    },
    notes: [],
  };
}

/** The negative class and the positive one. */
function twoClasses(found: readonly string[], { positive }: Spec, names: { target: string; dataset: string }): readonly string[] {
  const classes = sortedClasses(new Set(found));
  if (classes.length > 2) throw notTwoClasses(classes, names);
  if (positive === undefined) return classes.length === 2 ? classes : ['', ...classes];
  const place = findClass(positive, classes);
  if (classes.length === 2 && place < 0) throw unknownClass(String(positive), classes, names);
  const wanted = classes[place] ?? String(positive);
  return [classes.find((name) => name !== wanted) ?? '', wanted];
}

/** The names as the target spells them, where it has such classes: 1 and 1.0, true and True are the same. */
function asInTarget(names: readonly string[], { classes }: ReadColumn): string[] {
  return names.map((name) => classes[findClass(name, classes)] ?? name);
}

/** What a probability may lie outside 0 to 1 by, as sums in float32 leave it: it is 0 or 1 then. */
const rangeTolerance = 1e-6;

/** Probabilities are kept within 0 and 1, in place. */
function scaleOf(scores: Float64Array): Scale {
  if (!scores.every((score) => score >= -rangeTolerance && score <= 1 + rangeTolerance)) return 'score';
  for (let index = 0; index < scores.length; index++) scores[index] = Math.min(1, Math.max(0, scores[index] ?? NaN));
  return 'probability';
}

/** How far from 1 the probabilities of a row may sum up, as float32 and rounding to four digits leave them. */
const sumTolerance = 1e-3;
/** What rounding to two digits changes a probability by at most. */
const roundingError = 0.005;

/** Probabilities that were rounded are divided by their sum, in place; sums that no rounding explains are those of scores. */
function addUp(scores: Float64Array, width: number): { readonly scale: Scale; readonly notes: readonly string[] } {
  const sums = Float64Array.from({ length: scores.length / width }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += scores[row * width + k] ?? NaN;
    return sum;
  });
  const isOff = (sum: number): boolean => Math.abs(sum - 1) > sumTolerance;
  const off = sums.reduce((rows, sum) => rows + Number(isOff(sum)), 0);
  if (off === 0) return { scale: 'probability', notes: [] };
  const furthest = sums.reduce((most, sum) => Math.max(most, Math.abs(sum - 1)), 0);
  if (furthest > width * roundingError + rangeTolerance) return { scale: 'score', notes: [offSumNote(off)] };
  sums.forEach((sum, row) => {
    if (isOff(sum)) for (let k = 0; k < width; k++) scores[row * width + k] = (scores[row * width + k] ?? NaN) / sum;
  });
  return { scale: 'probability', notes: [roundedNote(off, furthest)] };
}

function rangeNote(column: string, scores: Float64Array): string {
  let least = Infinity;
  let most = -Infinity;
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  return t('{column} runs from {least} to {most}, so its values are no probabilities.', {
    column,
    least: formatFigure(least),
    most: formatFigure(most),
  });
}

function offSumNote(rows: number): string {
  return t('In {rows} rows the probabilities of the classes do not add up to 1.', { rows: formatCount(rows) });
}

function roundedNote(rows: number, furthest: number): string {
  const args = { rows: formatCount(rows), furthest: formatFigure(furthest) };
  return t(
    'In {rows} rows the probabilities of the classes add up to 1 only within {furthest}, as rounding leaves them; they were divided by their sum.',
    args,
  );
}

/** A target of 0 and 1 beside decisions of 0 and 1 is a target of two classes, as training takes it. */
export function areTwoClasses(columns: readonly ReadColumn[]): boolean {
  const isDecided = columns.every(({ values }) => values.every((value) => value === 0 || value === 1 || Number.isNaN(value)));
  const [truth] = columns;
  return isDecided && truth !== undefined && truth.values.includes(0) && truth.values.includes(1);
}

/** Numbers that are 0 or 1, read as classes. */
export function asClasses({ name, values }: ReadColumn): ReadColumn {
  return { name, values, classes: ['0', '1'] };
}

export function twoClassesNote(): string {
  return t('Both columns hold 0 and 1 alone, so they are measured as classes; "task: regression" measures them as numbers.');
}

function checkNumbers(columns: readonly ReadColumn[], dataset: string): void {
  for (const { name, values } of columns) {
    const bad = values.reduce((count, value) => count + Number(!Number.isFinite(value)), 0);
    if (bad === 0) continue;
    const args = {
      column: name,
      dataset,
      count: formatCount(bad),
      rows: formatCount(values.length),
      row: values.findIndex((value) => !Number.isFinite(value)) + 1,
    };
    throw new AppError(
      'evaluation.scoreMissing',
      t('{column} is missing or no finite number in {count} of {rows} rows of {dataset}, first in row {row}.', args),
      { args, remedy: t('Predict those rows too, or leave them out with a "where" condition on the data set.') },
    );
  }
}

function regressionColumn(): AppError {
  return new AppError('evaluation.predictionColumns', t('A regression is measured by the column of the predicted number.'), {
    remedy: t('Name it as "prediction".'),
  });
}

function tooFewClasses(named: readonly string[]): AppError {
  const args = { classes: named.join(', ') };
  return new AppError('evaluation.predictionColumns', t('"probabilities" names the column of one class only: {classes}.', args), {
    args,
    remedy: t('Name the column of every class, or that of the positive class as "score".'),
  });
}

function notTwoClasses(classes: readonly string[], { target, dataset }: { target: string; dataset: string }): AppError {
  const args = { target, dataset, count: classes.length, classes: classes.slice(0, 10).join(', ') };
  return new AppError(
    'evaluation.notTwoClasses',
    t('{target} has {count} classes in {dataset} ({classes}), but one score tells only two apart.', args),
    { args, remedy: t('Name a column for each class under "probabilities". Numbers to be predicted need "prediction".') },
  );
}

function unknownClass(name: string, known: readonly string[], { target, dataset }: { target: string; dataset: string }): AppError {
  const args = { class: name, target, dataset, known: known.slice(0, 20).join(', ') };
  return new AppError('evaluation.unknownClass', t('The class "{class}" of {target} in {dataset} is not among {known}.', args), {
    args,
    remedy: t('Write the classes exactly as they are in the data, capitals and spaces too.'),
  });
}
