/** Reads a model's target from data: class indices, or numbers. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { classNames, findClass, type ClassColumn } from '../../data/statistics/classNames.ts';
import type { ColumnVector } from '../../data/rows/columns.ts';
import type { ModelDescription } from '../scoring/model.ts';

/** What a target vector is read as. */
export type TargetSpec = Pick<ModelDescription, 'task' | 'target' | 'classes'>;

/**
 * The target of each row: the index of its class, or its value in a regression; NaN where it is missing.
 * @param column what holds the target; undefined where it is computed
 * @throws AppError `inference.unknownClass` for a class the model was not trained on, `inference.targetType`
 */
export function readTarget(spec: TargetSpec, vector: ColumnVector, column: ClassColumn): Float64Array {
  if (spec.task === 'regression') {
    if (vector.kind === 'number') return vector.values;
    const args = { target: spec.target };
    throw new AppError('inference.targetType', t('The target "{target}" must be a number, for this is a regression.', args), { args });
  }
  const indices = new Map<string, number>();
  return Float64Array.from(classNames(vector, column), (name) => {
    if (name === undefined) return NaN;
    const known = indices.get(name) ?? findClass(name, spec.classes);
    if (known < 0) throw unknownClass(spec, name);
    indices.set(name, known);
    return known;
  });
}

function unknownClass({ target, classes }: TargetSpec, name: string): AppError {
  const args = { target, class: name, classes: classes.join(', ') };
  return new AppError(
    'inference.unknownClass',
    t('The target "{target}" holds the class "{class}", which the model does not know.', args),
    {
      args,
      remedy: t('The model was trained on {classes}.', { classes: args.classes }),
    },
  );
}
