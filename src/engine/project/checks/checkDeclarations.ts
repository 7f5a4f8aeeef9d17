/** Whether what is declared of columns can hold together, and has something to hold. */
import { t } from '../../../base/localize.ts';
import type { ColumnType } from '../../../protocol/dataset.ts';
import type { ColumnLimitName } from '../../../protocol/tables/dataChecks.ts';
import { instant, type ColumnSpec, type DatasetSpec } from '../definitions/dataset.ts';
import { columnLimitTypes } from '../definitions/limits.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';

export interface DeclarationInput {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  readonly spanOf: (path: Path) => Span;
  readonly diagnostics: Diagnostics;
}

export function checkDeclarations(input: DeclarationInput): void {
  for (const [dataset, { columns = {} }] of Object.entries(input.datasets)) {
    for (const [column, own] of Object.entries(columns)) {
      input.diagnostics.spend();
      checkColumn({ column, own, whole: declarationOf(dataset, column, input), path: ['datasets', dataset, 'columns', column] }, input);
    }
  }
}

/** What is declared of a column, also by the data sets that this one comes from. */
function declarationOf(dataset: string, column: string, { datasets, diagnostics }: DeclarationInput): ColumnSpec {
  let whole: ColumnSpec = {};
  const seen = new Set<string>();
  for (let name: string | undefined = dataset; name !== undefined && !seen.has(name); name = datasets[name]?.from) {
    seen.add(name);
    diagnostics.spend();
    whole = { ...datasets[name]?.columns?.[column], ...whole };
  }
  return whole;
}

interface DeclaredColumn {
  readonly column: string;
  /** What this data set says of it. */
  readonly own: ColumnSpec;
  /** The same with what it inherits. */
  readonly whole: ColumnSpec;
  readonly path: Path;
}

const orderedTypes: readonly ColumnType[] = ['integer', 'number', 'timestamp'];

/** Which declarations have a meaning for which types; undefined: for all. */
const typesOf: Readonly<Record<'min' | 'max' | 'values' | ColumnLimitName, readonly ColumnType[] | undefined>> = {
  min: orderedTypes,
  max: orderedTypes,
  values: undefined,
  ...columnLimitTypes,
};

function checkColumn(declared: DeclaredColumn, input: DeclarationInput): void {
  checkLimitTypes(declared, input);
  checkValueTypes(declared, input);
  const { column, own, whole, path } = declared;
  if (isAbove(whole.min, whole.max)) {
    const args = { column, min: String(whole.min), max: String(whole.max) };
    const message = t('No value of "{column}" can be at least {min} and at most {max}.', args);
    input.diagnostics.add('project.emptyRange', message, input.spanOf([...path, own.max === undefined ? 'min' : 'max']), { args });
  }
  checkUnused(declared, input);
}

function checkLimitTypes({ column, own, whole, path }: DeclaredColumn, { diagnostics, spanOf }: DeclarationInput): void {
  const { type } = whole;
  for (const key of Object.keys(typesOf) as (keyof typeof typesOf)[]) {
    if (own[key] === undefined || type === undefined || typesOf[key]?.includes(type) !== false) continue;
    const message = t('"{key}" has no meaning for a column of the type {type}.', { key, type });
    diagnostics.add('project.limitOfOtherType', message, spanOf([...path, key]), {
      args: { key, type, column },
      remedy: key.startsWith('max_') ? t('Leave it out.') : t('List the allowed values under "values", or declare another type.'),
    });
  }
}

function checkValueTypes({ column, own, whole: { type }, path }: DeclaredColumn, { diagnostics, spanOf }: DeclarationInput): void {
  for (const { key, value, at } of valuesOf(own)) {
    if (type === undefined || typesOf[key]?.includes(type) === false || fitsType(value, type)) continue;
    const args = { value: String(value), type, column };
    diagnostics.add(
      'project.valueOfOtherType',
      t('{value} is not of the type {type} of "{column}".', args),
      spanOf([...path, key, ...at]),
      {
        args,
        remedy: t('Write a value of that type, or declare another type.'),
      },
    );
  }
}

function checkUnused({ column, own, whole, path }: DeclaredColumn, { diagnostics, spanOf }: DeclarationInput): void {
  const args = { column };
  if (whole.nullable === false && (own.max_missing ?? 0) > 0) {
    const message = t('"{column}" must not be missing at all, so "max_missing" allows nothing.', args);
    const remedy = t('Leave out "max_missing", or "nullable: false".');
    diagnostics.add('project.limitUnused', message, spanOf([...path, 'max_missing']), { args, remedy });
  }
  if (own.max_violations !== undefined && whole.min === undefined && whole.max === undefined && whole.values === undefined) {
    const message = t('"max_violations" has nothing to count: "{column}" declares neither a range nor values.', args);
    const remedy = t('Add "min", "max" or "values", or leave it out.');
    diagnostics.add('project.limitUnused', message, spanOf([...path, 'max_violations']), { args, remedy });
  }
}

type Value = string | number | boolean;

function valuesOf({ min, max, values = [] }: ColumnSpec): { key: 'min' | 'max' | 'values'; value: Value; at: Path }[] {
  const ends = [{ key: 'min', value: min } as const, { key: 'max', value: max } as const];
  return [
    ...ends.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value, at: [] }])),
    ...values.map((value, index) => ({ key: 'values' as const, value, at: [index] })),
  ];
}

/** Whether a column of the type can have the value as a project file writes it. */
export function fitsType(value: Value, type: ColumnType): boolean {
  switch (type) {
    case 'integer':
      return typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d+$/.test(value));
    case 'number':
      return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)));
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false';
    case 'timestamp':
      return instant.safeParse(value).success;
    case 'category':
    case 'text':
      return true;
  }
}

function isAbove(min: ColumnSpec['min'], max: ColumnSpec['max']): boolean {
  if (typeof min === 'number' && typeof max === 'number') return min > max;
  const [from, to] = [min, endOf(max)].map((value) => (typeof value === 'string' ? Date.parse(value) : NaN));
  return from !== undefined && to !== undefined && from > to;
}

/** A date as the largest value means its whole day. */
function endOf(max: ColumnSpec['max']): ColumnSpec['max'] {
  return typeof max === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(max) ? `${max}T23:59:59.999Z` : max;
}
