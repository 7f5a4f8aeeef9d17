/**
 * How classes are called: as the data writes them. A column of truth values keeps its spelling, a number that is stored with a
 * fraction shows one; a truth value that SQL computed is 0 or 1, for no data gave it a name.
 */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column, TruthNames } from '../../../protocol/dataset.ts';
import type { ColumnVector } from '../rows/columns.ts';
import { familyOf, quoteText } from '../sql/sqlText.ts';

/** What is known of the column that holds classes; undefined for a computed value. */
export type ClassColumn = Pick<Column, 'type' | 'storedAs' | 'truthNames'> | undefined;

const plainTruths: TruthNames = ['false', 'true'];

/** How the column spells false and true; undefined where it holds no truth values. */
export function truthNamesOf(column: ClassColumn): TruthNames | undefined {
  return column?.type === 'boolean' ? (column.truthNames ?? plainTruths) : undefined;
}

/**
 * The class of each row; undefined where it is missing.
 * @throws AppError `inference.targetType` for timestamps
 */
export function classNames(vector: ColumnVector, column: ClassColumn): readonly (string | undefined)[] {
  switch (vector.kind) {
    case 'number': {
      const spell = numberSpelling(column);
      return Array.from(vector.values, (value) => (Number.isNaN(value) ? undefined : spell(value)));
    }
    case 'text':
      return vector.values.map((value) => value ?? undefined);
    case 'time':
      throw new AppError('inference.targetType', t('A timestamp cannot be a target.'), {
        remedy: t('Write an expression that makes a number or a class of it.'),
      });
  }
}

function numberSpelling(column: ClassColumn): (value: number) => string {
  const truths = truthNamesOf(column);
  if (truths !== undefined) return (value) => truths[value === 1 ? 1 : 0];
  if (!hasFractions(column)) return String;
  return (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value));
}

function hasFractions(column: ClassColumn): boolean {
  return column?.type === 'number' && familyOf(column.storedAs) !== 'integer';
}

/** The name of a value's class in SQL, as {@link classNames} gives it; NULL where it is missing. */
export function classNameSql(sql: string, column: ClassColumn): string {
  const truths = truthNamesOf(column);
  if (truths !== undefined) return `CASE WHEN ${sql} THEN ${quoteText(truths[1])} WHEN NOT ${sql} THEN ${quoteText(truths[0])} END`;
  return `CAST(${sql} AS VARCHAR)`;
}

/** The same of a computed value, by the type that DuckDB gives it: a truth value is 0 or 1, a whole number has no fraction. */
export function computedClassSql(sql: string, storedAs: string): string {
  const family = familyOf(storedAs);
  if (family === 'boolean') return `CAST(CAST(${sql} AS TINYINT) AS VARCHAR)`;
  if (family !== 'number') return `CAST(${sql} AS VARCHAR)`;
  return `regexp_replace(CAST(CAST(${sql} AS DOUBLE) AS VARCHAR), '\\.0$', '')`;
}

/** Classes in the order of their indices: numbers by size, false before true, texts by UTF-16 code unit. */
export function sortedClasses(names: ReadonlySet<string>): string[] {
  const all = [...names];
  if (all.every(isNumberName)) return all.sort((a, b) => Number(a) - Number(b));
  const truths = all.map(truthOf);
  if (all.length === 2 && truths.every((truth) => truth !== undefined)) return all.sort((a, b) => Number(truthOf(a)) - Number(truthOf(b)));
  return all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function isNumberName(name: string): boolean {
  return name !== '' && Number.isFinite(Number(name)) && [String(Number(name)), `${Number(name)}.0`].includes(name);
}

const truthTexts: Readonly<Record<string, boolean>> = { true: true, false: false };

/** What a text says that spells a truth value; undefined for every other text. */
function truthOf(name: string): boolean | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(truthTexts, lower) ? truthTexts[lower] : undefined;
}

/**
 * The place of the class that a name means: the one spelled so, else the one of the same number (1 and 1.0), else the one of the
 * same truth value (true, True and, where the classes are 0 and 1, 1); -1 where there is none.
 */
export function findClass(wanted: string | number | boolean, classes: readonly string[]): number {
  const name = String(wanted);
  const exact = classes.indexOf(name);
  if (exact >= 0) return exact;
  if (isNumberName(name)) {
    const number = classes.findIndex((other) => isNumberName(other) && Number(other) === Number(name));
    if (number >= 0) return number;
  }
  const truth = truthValue(name);
  if (truth === undefined || classes.length > 2 || !classes.every((other) => truthValue(other) !== undefined)) return -1;
  return classes.findIndex((other) => truthValue(other) === truth);
}

/** Truth values are 1 and 0 in models of numbers. */
function truthValue(name: string): boolean | undefined {
  return isNumberName(name) && [0, 1].includes(Number(name)) ? Number(name) === 1 : truthOf(name);
}

/**
 * The positive class of two: the one named, else the second.
 * @returns undefined where there are not two, or none is meant by the name
 */
export function positiveClass(classes: readonly string[], wanted: string | number | boolean | undefined): string | undefined {
  if (classes.length !== 2) return undefined;
  return wanted === undefined ? sortedClasses(new Set(classes))[1] : classes[findClass(wanted, classes)];
}

/** Whether two lists name the same classes, in whatever order and spelling. */
export function areSameClasses(some: readonly string[], others: readonly string[]): boolean {
  const found = new Set(some.map((name) => findClass(name, others)));
  return some.length === others.length && found.size === some.length && !found.has(-1);
}
