/** How the target's values become the classes, or the numbers, that the model was trained on. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { formatCount } from '../../base/format.ts';
import type { ColumnVector } from '../data/columns.ts';
import type { ModelDescription } from '../inference/model.ts';

/** Reads the target chunk by chunk, counting what cannot be used, and says so at the end. */
export interface TargetReader {
  /** Codes (classification) or values (regression) of a chunk's rows; a row that cannot be used gets a placeholder. */
  read(column: ColumnVector): Float64Array;
  /** @throws AppError `evaluation.targetHasMissing`, `evaluation.unknownClass` */
  check(rows: number): void;
}

/** @throws AppError `evaluation.targetNotNumeric` from `read` */
export function createTargetReader(description: ModelDescription, dataset: string): TargetReader {
  const { target, classes, task } = description;
  const codes = new Map(classes.map((name, index) => [name, index]));
  const unknown = new Map<string, number>();
  let missing = 0;

  const codeOf = (value: string): number => {
    const code = codes.get(value);
    if (code === undefined) unknown.set(value, (unknown.get(value) ?? 0) + 1);
    return code ?? 0;
  };
  const numberCodes = codesOfNumbers(classes);
  const codeOfNumber = (value: number): number => numberCodes.get(value) ?? codeOf(String(value));

  return {
    read(column) {
      if (task === 'regression' && column.kind !== 'number') throw notNumeric(target, dataset);
      if (column.kind === 'number') {
        return column.values.map((value) => {
          if (!Number.isNaN(value)) return task === 'regression' ? value : codeOfNumber(value);
          missing++;
          return 0;
        });
      }
      if (column.kind === 'time') throw notNumeric(target, dataset);
      return Float64Array.from(column.values, (value) => {
        if (value !== null) return codeOf(value);
        missing++;
        return 0;
      });
    },
    check(rows) {
      if (missing > 0) throw hasMissing(target, dataset, missing, rows);
      const [first] = unknown;
      if (first !== undefined) throw unknownClass(description, dataset, first[0], first[1]);
    },
  };
}

/** Numeric and boolean targets arrive as numbers; their classes are written `0`, `1`, `2` or `false`, `true`. */
function codesOfNumbers(classes: readonly string[]): ReadonlyMap<number, number> {
  const truths: Readonly<Record<string, number>> = { false: 0, true: 1 };
  return new Map(
    classes
      .map((name, index) => [truths[name] ?? (name.trim() === '' ? NaN : Number(name)), index] as const)
      .filter(([value]) => !Number.isNaN(value)),
  );
}

function hasMissing(target: string, dataset: string, missing: number, rows: number): AppError {
  const args = { target, dataset, missing: formatCount(missing), rows: formatCount(rows) };
  return new AppError('evaluation.targetHasMissing', t('The target {target} is missing in {missing} of {rows} rows of {dataset}.', args), {
    args,
    remedy: t('Leave those rows out with a "where" condition on the data set; a model cannot be measured where the truth is unknown.'),
  });
}

function unknownClass({ target, classes }: ModelDescription, dataset: string, value: string, count: number): AppError {
  const args = { target, dataset, value, count: formatCount(count), classes: classes.join(', ') };
  return new AppError(
    'evaluation.unknownClass',
    t('{dataset} has {count} rows with the class "{value}" of {target}, which the model does not know. It knows: {classes}.', args),
    { args, remedy: t('Train on data that holds this class, or leave its rows out with a "where" condition.') },
  );
}

function notNumeric(target: string, dataset: string): AppError {
  const args = { target, dataset };
  return new AppError(
    'evaluation.targetNotNumeric',
    t('The target {target} of {dataset} cannot be compared with what the model predicts.', args),
    {
      args,
      remedy: t('Check the type of the target column in this data set against the one the model was trained on.'),
    },
  );
}
