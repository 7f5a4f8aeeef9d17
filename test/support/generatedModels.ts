/**
 * Data sets and training configurations made from a seed: every trainer and task, missing values in every kind of column,
 * levels that training never saw, awkward names and levels, one to a thousand columns.
 */
import { stringify } from 'yaml';
import { quoteName, quoteText } from '../../src/engine/data/sql/sqlText.ts';
import { random } from './trainingProject.ts';

/** A value as SQL: `NULL`, `1.5`, `'text'`, `DATE '2001-01-01'`. */
type SqlValue = string;

export interface GeneratedColumn {
  readonly name: string;
  /** DuckDB's type. */
  readonly stored: string;
  /** What the project declares; undefined where it leaves the type to the file. */
  readonly declared: { readonly type?: string; readonly nullable?: boolean } | undefined;
  /** One value per row, those to learn from first. */
  readonly values: readonly SqlValue[];
}

export interface GeneratedModel {
  /** What a failure names; the number is the seed that makes the case again. */
  readonly name: string;
  /** What follows the name of the project in `millwright.yaml`. */
  readonly yaml: string;
  readonly columns: readonly GeneratedColumn[];
  /** Rows to learn from; the rest are to be predicted. */
  readonly trainingRows: number;
}

const predictedRows = 40;
const targetName = 'the target';

type Next = () => number;
type Trainer = 'gbdt' | 'logistic' | 'linear';
type Task = 'binary' | 'multiclass' | 'regression';

const plans: readonly (readonly [Trainer, Task])[] = [
  ['gbdt', 'binary'],
  ['gbdt', 'multiclass'],
  ['gbdt', 'regression'],
  ['logistic', 'binary'],
  ['logistic', 'multiclass'],
  ['linear', 'regression'],
];

/** Names that would clash with tensors, keywords or properties, or need quotes somewhere. */
const awkwardNames = [
  'a b',
  'quo"te',
  'new\nline',
  'emoji 🙂',
  "it's",
  'select',
  'label',
  'output_label',
  'probabilities',
  'variable',
  'features',
  'prediction',
  'n0',
  'c1',
  'constructor',
  'ünï,cödé',
  'x=1',
  'tab\there',
  '${params.x}',
];

const awkwardLevels = ['a', 'b b', '', ' ', 'ç"🙂', "o'e", 'line\nbreak', 'nan', 'None', 'null', '0', 'a=b', 'A', '漢字', 'x'.repeat(300)];
const awkwardClasses = ['no', 'maybe so', 'yes 🙂', "it's", 'quo"te', '漢'];

/** One configuration; equal seeds give equal ones. */
export function generateModel(seed: number): GeneratedModel {
  const next = random(seed * 7919 + 13);
  const [trainer, task] = plans[seed % plans.length] ?? plans[0] ?? ['gbdt', 'binary'];
  const width = widthOf(seed, next);
  const trainingRows = 60 + Math.floor(next() * 100);
  const rows = trainingRows + predictedRows;
  const columns = Array.from({ length: width }, (_, index) => makeColumn(next, { index, rows, trainingRows, wide: width > 20, trainer }));
  const target = makeTarget(next, { trainer, task, rows, columns });
  const spec = { target: target.spec, ...makeFeatures(next, { columns: columns.map(({ column }) => column), trainer }) };
  const weight = next() < 0.2 ? weightColumn(next, rows) : undefined;
  const all = [...columns.map(({ column }) => column), ...target.columns, ...(weight === undefined ? [] : [weight])];
  // Narrow rows of few levels repeat, and a made-up target may follow from one column: neither matters here.
  const leakage = { severity: { shared_rows: 'warn', association: 'warn' } };
  const stage = { uses: 'train', dataset: 'known', features: 'f', trainer, leakage, ...makeStage(next, { trainer, task, weight }) };
  const declared = Object.fromEntries(all.flatMap(({ name, declared }) => (declared === undefined ? [] : [[name, declared]])));
  const yaml = stringify({
    seed,
    datasets: { known: { path: 'known.parquet', columns: declared }, fresh: { path: 'fresh.parquet', columns: declared } },
    features: { f: spec },
    stages: { train: stage },
  });
  return { name: `${trainer} ${task} of ${width} ${width === 1 ? 'column' : 'columns'} (seed ${seed})`, yaml, columns: all, trainingRows };
}

/** The same with the first row's target in every row. */
export function withOneClass(model: GeneratedModel): GeneratedModel {
  const columns = model.columns.map((column) =>
    column.name === targetName ? { ...column, values: column.values.map(() => column.values[0] ?? '') } : column,
  );
  return { ...model, columns };
}

/** SQL that gives the rows from `from` up to `to` as a table. */
export function tableSql(columns: readonly GeneratedColumn[], from: number, to: number): string {
  const lists = columns.map(({ stored, values }) => `unnest([${values.slice(from, to).join(', ')}]::${stored}[])`);
  return `SELECT ${columns.map(({ name }, index) => `${lists[index] ?? ''} AS ${quoteName(name)}`).join(', ')}`;
}

/** Mostly a handful of columns; some cases are wide, one of each family as wide as ONNX Runtime can load in seconds. */
function widthOf(seed: number, next: Next): number {
  if (seed === 100) return 1000;
  if (seed === 102) return 500;
  if (seed % 50 === 7) return 150;
  return 1 + Math.floor(next() * next() * 14);
}

interface MadeColumn {
  readonly column: GeneratedColumn;
  /** What a row's value adds to the score the target comes from. */
  readonly effects: readonly number[];
}

interface ColumnRequest {
  readonly index: number;
  readonly rows: number;
  readonly trainingRows: number;
  readonly wide: boolean;
  readonly trainer: Trainer;
}

/** `make` gives a value and its effect; `fresh` says whether the row is one to predict, where unseen values may occur. */
interface Kind {
  readonly stored: string;
  readonly declared?: { readonly type: string };
  readonly make: (next: Next, fresh: boolean, trainer: Trainer) => readonly [SqlValue, number];
}

const kinds: readonly Kind[] = [
  { stored: 'DOUBLE', make: (next) => numberValue((next() - 0.5) * 10 ** Math.floor(next() * 6)) },
  { stored: 'DOUBLE', make: (next, _fresh, trainer) => extremeNumber(next, trainer) },
  { stored: 'FLOAT', make: (next) => numberValue(next() * 8) },
  { stored: 'DECIMAL(9,2)', make: (next) => numberValue(Math.round(next() * 1000) / 100) },
  { stored: 'INTEGER', make: (next) => numberValue(Math.floor((next() - 0.5) * 40)) },
  { stored: 'BIGINT', make: (next) => numberValue(Math.floor((next() - 0.5) * 9e15)) },
  { stored: 'BIGINT', declared: { type: 'category' }, make: (next, fresh) => numberValue(Math.floor(next() * (fresh ? 9 : 6))) },
  { stored: 'DOUBLE', declared: { type: 'category' }, make: (next, fresh) => numberValue(Math.floor(next() * (fresh ? 9 : 6)) / 4) },
  { stored: 'FLOAT', declared: { type: 'category' }, make: (next, fresh) => numberValue(Math.floor(next() * (fresh ? 9 : 6)) / 10) },
  { stored: 'BOOLEAN', make: (next) => truthValue(next() < 0.5) },
  { stored: 'BOOLEAN', declared: { type: 'category' }, make: (next) => truthValue(next() < 0.5) },
  { stored: 'VARCHAR', make: (next, fresh) => textValue(next, fresh) },
  { stored: 'VARCHAR', declared: { type: 'category' }, make: (next, fresh) => textValue(next, fresh) },
  { stored: 'TIMESTAMP', make: (next) => timeValue(next) },
  { stored: 'DATE', make: (next) => dateValue(next, 20_000) },
  { stored: 'DATE', declared: { type: 'category' }, make: (next) => dateValue(next, 5) },
  { stored: 'TIME', make: (next) => [`TIME '0${Math.floor(next() * 9)}:15:30.5'`, 0] },
];

function makeColumn(next: Next, { index, rows, trainingRows, wide, trainer }: ColumnRequest): MadeColumn {
  const kind = wide && next() < 0.9 ? pick(next, kinds.slice(0, 5)) : pick(next, kinds);
  const name = wide || next() < 0.5 ? `column ${index}` : `${pick(next, awkwardNames)}${index === 0 ? '' : ` ${index}`}`;
  const missing = next() < 0.5 ? 0 : next() * 0.5;
  const made = Array.from({ length: rows }, (_, row) => kind.make(next, row >= trainingRows && next() < 0.5, trainer));
  // pandas has doubles where an integer is missing, so the rows to predict miss some exactly where those to learn from do.
  const isMissing = made.map((_, row) => missing > 0 && (row === 1 || row === trainingRows + 1 || (row > 1 && next() < missing)));
  const mayMiss = missing > 0 || made.some(([value]) => value.includes('nan'));
  const nullable = mayMiss || next() < 0.5 ? {} : { nullable: false };
  const declared = { ...kind.declared, ...nullable };
  return {
    column: {
      name,
      stored: kind.stored,
      declared: Object.keys(declared).length === 0 ? undefined : declared,
      values: made.map(([value], row) => (isMissing[row] === true ? 'NULL' : value)),
    },
    effects: made.map(([, effect], row) => (isMissing[row] === true ? 0.5 : effect)),
  };
}

function numberValue(value: number): readonly [SqlValue, number] {
  return [value.toString(), Math.tanh(value)];
}

/** Numbers that a feature of float32 cannot hold, among ordinary ones; no huge ones for `linear`, whose answers grow with them. */
function extremeNumber(next: Next, trainer: Trainer): readonly [SqlValue, number] {
  const huge = trainer === 'linear' ? [] : ['1e308', '-1e308', '1e39', "'inf'::DOUBLE", "'-inf'::DOUBLE"];
  const rare = ['5e-324', "'nan'::DOUBLE", '-0.0', ...huge];
  return next() < 0.2 ? [pick(next, rare), 0] : numberValue(next() * 6 - 3);
}

function truthValue(value: boolean): readonly [SqlValue, number] {
  return [String(value), value ? 1 : 0];
}

function textValue(next: Next, fresh: boolean): readonly [SqlValue, number] {
  const index = Math.floor(next() * awkwardLevels.length);
  const level = fresh ? `unseen ${index}` : (awkwardLevels[index] ?? '');
  return [quoteText(level), fresh ? 0 : index % 3];
}

function timeValue(next: Next): readonly [SqlValue, number] {
  const micros = Math.floor((next() - 0.4) * 3e15); // 1932 to 2027: MLflow makes nanoseconds of times
  return [`make_timestamp(${micros}::BIGINT)`, (micros / 3.6e9) % 2];
}

function dateValue(next: Next, days: number): readonly [SqlValue, number] {
  const day = Math.floor(next() * days);
  return [`DATE '1960-01-01' + ${day}`, day % 2];
}

interface TargetRequest {
  readonly trainer: Trainer;
  readonly task: Task;
  readonly rows: number;
  readonly columns: readonly MadeColumn[];
}

/** The target's columns, and what the feature definition says of it. */
function makeTarget(
  next: Next,
  { trainer, task, rows, columns }: TargetRequest,
): { columns: GeneratedColumn[]; spec: string | Record<string, string> } {
  const scores = Array.from(
    { length: rows },
    (_, row) => columns.slice(0, 6).reduce((sum, { effects }) => sum + (effects[row] ?? 0), 0) + next(),
  );
  const column = (stored: string, values: readonly SqlValue[], declared?: { type: string }): GeneratedColumn => ({
    name: targetName,
    stored,
    declared,
    values,
  });
  if (task === 'regression') return { columns: [column('DOUBLE', scores.map(String))], spec: targetName };
  const count = task === 'binary' ? 2 : 3 + Math.floor(next() * 3);
  // Ranks, so that every class has its share; a little disorder, so that no split is perfect.
  const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const classes = new Array<number>(rows).fill(0);
  for (const [rank, row] of order.entries()) classes[row] = next() < 0.1 ? row % count : Math.floor((rank * count) / rows);
  const texts = classes.map((index) => quoteText(awkwardClasses[index] ?? ''));
  const form = Math.floor(next() * 3);
  if (form === 0) return { columns: [column('VARCHAR', texts)], spec: targetName };
  if (task === 'binary') {
    if (form === 1)
      return {
        columns: [
          column(
            'BOOLEAN',
            classes.map((index) => String(index === 1)),
          ),
        ],
        spec: 'the target',
      };
    return { columns: [column('INTEGER', classes.map(String))], spec: { 'is late': '"the target" > 0' } };
  }
  const numbers = classes.map((index) => String(index * 7 - 9));
  // Whole numbers are classes to `logistic`; to boosted trees only where the project says so.
  if (trainer === 'logistic') return { columns: [column('BIGINT', numbers)], spec: targetName };
  return { columns: [column('BIGINT', numbers, { type: 'category' })], spec: targetName };
}

interface FeatureRequest {
  readonly columns: readonly GeneratedColumn[];
  readonly trainer: Trainer;
}

/** Every column as the kind of feature it can be, with options. */
function makeFeatures(next: Next, { columns, trainer }: FeatureRequest): Record<string, Record<string, object>> {
  const numeric: Record<string, object> = {};
  const categorical: Record<string, object> = {};
  const cyclical: Record<string, object> = {};
  for (const [index, { name, stored, declared }] of columns.entries()) {
    const type = declared?.type ?? stored;
    const sql = escaped(quoteName(name));
    if (/^(category|VARCHAR|TIME)$/.test(type)) {
      categorical[`f${index}`] = { value: escaped(name), ...categoricalOptions(next, trainer) };
    } else if (type === 'TIMESTAMP' || type === 'DATE') {
      cyclical[`f${index}`] =
        next() < 0.5 ? { value: `hour(${sql}) + minute(${sql}) / 60.0`, period: 24 } : { value: `dayofweek(${sql})`, period: 7 };
      if (next() < 0.5) numeric[`g${index}`] = { value: `year(${sql}) * 12 + month(${sql})`, ...numericOptions(next, trainer) };
    } else if (type === 'INTEGER' && next() < 0.3) {
      categorical[`f${index}`] = { value: escaped(name), ...categoricalOptions(next, trainer) };
    } else {
      const value = type === 'BOOLEAN' || next() < 0.6 ? sql : numericExpression(next, sql);
      numeric[`f${index}`] = { value, ...numericOptions(next, trainer) };
    }
  }
  const filled = Object.entries({ numeric, categorical, cyclical }).filter(([, features]) => Object.keys(features).length > 0);
  return Object.fromEntries(filled);
}

function numericExpression(next: Next, x: string): string {
  return pick(next, [
    `${x} / 3 + 1`,
    `case when ${x} > 1 then ${x} else -1 end`,
    `coalesce(${x}, 0.5)`,
    `ln(abs(${x}) + 1)`,
    `least(greatest(${x}, -2), 2)`,
    `case when ${x} is null then 1 else 0 end`,
    `sqrt(${x})`,
    `${x} % 3`,
  ]);
}

function numericOptions(next: Next, trainer: Trainer): object {
  const impute = pick(next, ['mean', 'median', 'mode', 0, -1.5]);
  return {
    ...(trainer !== 'gbdt' || next() < 0.3 ? { impute } : {}),
    ...(next() < 0.3 ? { scale: pick(next, ['standard', 'none']) } : {}),
    ...(next() < 0.2 ? { indicator: true } : {}),
  };
}

function categoricalOptions(next: Next, trainer: Trainer): object {
  const native = trainer === 'gbdt' ? ['native', 'native'] : [];
  const encode = pick(next, ['one_hot', 'ordinal', 'target', ...native]);
  return { encode, ...(next() < 0.3 ? { max_levels: 2 + Math.floor(next() * 4) } : {}) };
}

function weightColumn(next: Next, rows: number): GeneratedColumn {
  const values = Array.from({ length: rows }, () => String(Math.round(next() * 8) / 4 + 0.25));
  return { name: 'the weight', stored: 'DOUBLE', declared: undefined, values };
}

function makeStage(
  next: Next,
  { trainer, task, weight }: { trainer: Trainer; task: Task; weight: GeneratedColumn | undefined },
): Record<string, unknown> {
  const params = {
    gbdt: { max_iter: 4 + Math.floor(next() * 8), max_leaf_nodes: 2 + Math.floor(next() * 8), min_samples_leaf: 3, learning_rate: 0.3 },
    logistic: { C: pick(next, [0.1, 1, 10]), max_iter: 30 },
    linear: { alpha: pick(next, [0.1, 1]) },
  }[trainer];
  const sampled = trainer === 'gbdt' && next() < 0.3 ? { subsample: 0.7, max_features: 0.8 } : {};
  const balanced = task !== 'regression' && next() < 0.3 ? { class_weight: 'balanced' } : {};
  const weighted = weight === undefined ? {} : { sample_weight: weight.name };
  const threshold = task === 'binary' && next() < 0.5 ? { threshold: pick(next, [0.3, 0.7, { maximize: 'f1_score' }]) } : {};
  const stopping = trainer === 'gbdt' && next() < 0.3 ? { early_stopping: { patience: 2 } } : {};
  const split = task === 'regression' ? 'random' : 'stratified';
  const folded = next() < 0.1 ? { split: 'kfold', folds: 3, by: split } : { split, share: 0.25 };
  return { params: { ...params, ...sampled, ...balanced, ...weighted }, validation: folded, ...threshold, ...stopping };
}

/** `${` begins a reference in a project file. */
function escaped(text: string): string {
  return text.replaceAll('${', () => '$${');
}

function pick<T>(next: Next, choices: readonly T[]): T {
  const choice = choices[Math.floor(next() * choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}
