/** Reads a model's target from data: class indices, or numbers. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { ColumnVector } from '../data/columns.ts';
import type { ModelDescription } from './model.ts';

/** What a target vector is read as. */
export type TargetSpec = Pick<ModelDescription, 'task' | 'target' | 'classes'>;

/**
 * The target of each row: the index of its class, or its value in a regression; NaN where it is missing.
 * @throws AppError `inference.unknownClass` for a class the model was not trained on, `inference.targetType`
 */
export function readTarget(spec: TargetSpec, vector: ColumnVector): Float64Array {
  if (spec.task === 'regression') {
    if (vector.kind === 'number') return vector.values;
    const args = { target: spec.target };
    throw new AppError('inference.targetType', t('The target "{target}" must be a number, for this is a regression.', args), { args });
  }
  const indices = new Map(spec.classes.map((name, index) => [name, index]));
  return Float64Array.from(classNames(vector), (name) => {
    if (name === undefined) return NaN;
    const index = indices.get(name);
    if (index !== undefined) return index;
    const args = { target: spec.target, class: name, classes: spec.classes.join(', ') };
    throw new AppError(
      'inference.unknownClass',
      t('The target "{target}" holds the class "{class}", which the model does not know.', args),
      {
        args,
        remedy: t('The model was trained on {classes}.', { classes: args.classes }),
      },
    );
  });
}

/** The class of each row as text: numbers in their shortest form (true is 1), texts as they are; undefined where missing. */
export function classNames(vector: ColumnVector): readonly (string | undefined)[] {
  switch (vector.kind) {
    case 'number':
      return Array.from(vector.values, (value) => (Number.isNaN(value) ? undefined : String(value)));
    case 'text':
      return vector.values.map((value) => value ?? undefined);
    case 'time':
      throw new AppError('inference.targetType', t('A timestamp cannot be a target.'), {
        remedy: t('Write an expression that makes a number or a class of it.'),
      });
  }
}

/** Classes in the order of their indices: numbers by size, texts by UTF-16 code unit. */
export function sortedClasses(names: ReadonlySet<string>): string[] {
  const all = [...names];
  const areNumbers = all.every((name) => name !== '' && Number.isFinite(Number(name)) && String(Number(name)) === name);
  return areNumbers ? all.sort((a, b) => Number(a) - Number(b)) : all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
