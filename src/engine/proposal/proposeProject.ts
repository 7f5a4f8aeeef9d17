/** A working project for a data file: looks at the data, decides what each column is for, and writes it all down with reasons. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { Column, ColumnProfile, ColumnUse, ProjectProposal, ProposalChoices, DatasetProfile } from '../../protocol/dataset.ts';
import type { Budget } from '../../protocol/stageContext.ts';
import { classNameSql, computedClassSql } from '../data/statistics/classNames.ts';
import { withProfiledFile, type ProfiledFile } from '../data/profileFile.ts';
import { guardExpression } from '../data/sql/sqlGuard.ts';
import { sqlFailure } from '../data/sql/sqlFailure.ts';
import { familyOf, quoteName, type TypeFamily } from '../data/sql/sqlText.ts';
import { queriedDatasets } from '../data/dataset/materializeQuery.ts';
import type { ReadOptions } from '../project/definitions/dataset.ts';
import { nearestName } from '../project/text/nearestName.ts';
import { rankTargets } from './chooseTarget.ts';
import { cyclesOf } from './cycles.ts';
import { examinationKey, type LastExamined } from './examinedFile.ts';
import { datasetName } from './datasetName.ts';
import { isIdentifier } from './identifiers.ts';
import { proposeUse, timeReason } from './columnUses.ts';
import { chooseHoldOut, heldShare, type HoldOut } from './holdOut.ts';
import { chooseMeans } from './chooseMeans.ts';
import { mostMissing } from './mostMissing.ts';
import { checkUses, obstacleTo } from './possibleUses.ts';
import { proposalYaml } from './proposalYaml.ts';
import { proposeReading, type ProposedReading } from './proposeReading.ts';
import { tellingColumns, type ToldTarget } from './tellingColumns.ts';
import { proposalWarnings } from './warnings.ts';

/** The target is a column, `name: expression`, or an expression. */
export interface ProposalOptions extends ProposalChoices {
  /** What is known of how the file is to be read; what it asks for besides is found. */
  readonly read?: ReadOptions | undefined;
  readonly projectRoot: string;
  /** Remembers the file between two proposals for it. */
  readonly last?: LastExamined | undefined;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
}

/** Whole numbers with at most this many values are names of classes; beyond, quantities. */
const mostClassNumbers = 10;

/**
 * @throws AppError `proposal.…` when no column can be predicted, or a choice cannot be followed; `dataset.…` when the file cannot be
 *   read; CancelledError
 */
export async function proposeProject(dataPath: string, options: ProposalOptions): Promise<ProjectProposal> {
  const path = resolve(dataPath);
  const { budget, signal, read = {}, last } = options;
  const key = await examinationKey(path, read);
  const known = last?.recall(key);
  const reading = known?.reading ?? (await proposeReading(path, { read, budget, signal }));
  return withProfiledFile(path, { read: reading.read, budget, signal, known: known?.profile }, async (file) => {
    last?.remember(key, { reading, profile: file.profile });
    return propose(file, { ...options, reading });
  });
}

async function propose(file: ProfiledFile, options: ProposalOptions & { readonly reading: ProposedReading }): Promise<ProjectProposal> {
  const { profile } = file;
  if (profile.rows < fewestRows) throw tooFewRows(profile);
  const { candidates, isDoubtful } = rankTargets(profile);
  const target = await describeTarget(file, await chooseTarget(file, candidates, options));
  const chosen = chosenUses(options);
  checkUses(chosen, profile, target.expression === undefined ? target.name : undefined);
  const { trainer, metric, options: possible } = chooseMeans(target.task, options);
  const time = timeColumn(profile, { target: target.columns, chosen });
  const others = profile.columns.filter((column) => !target.columns.includes(column.name));
  const told = await tellingColumns(file.duckdb, {
    from: file.from,
    rows: profile.rows,
    columns: others,
    target: target.sql,
    task: target.task,
    signal: options.signal,
  });
  const context = {
    rows: profile.rows,
    targetColumns: target.columns,
    targetExpression: target.expression,
    time,
    told,
    chosen,
    first: profile.columns[0]?.name,
  };
  const uses = profile.columns.map((column) => proposeUse(column, context));
  const names = profile.columns.map((column) => column.name);
  const warnings = proposalWarnings(target.name, { task: target.task, uses, told });
  const cycles = time === undefined ? [] : await cyclesOf(file, requireColumn(profile.columns, time), names);
  if (cycles.length === 0 && !uses.some(({ use }) => isFeature(use))) throw nothingToLearnFrom(target.name);
  const name = slug(basename(profile.path));
  const { holdOut, splits } = await chooseHoldOut({
    duckdb: file.duckdb,
    from: file.from,
    known: `${target.sql} IS NOT NULL`,
    time,
    split: options.split,
    columns: profile.columns.filter(({ name: column }) => isDeclared(column, uses)).map((column): Column => column),
    target: target.expression === undefined ? target.name : undefined,
    classes: target.task === 'regression' ? undefined : target.sql,
    signal: options.signal,
  });
  const yaml = proposalYaml({
    name,
    table: await datasetName(file.duckdb, stemOf(basename(profile.path))),
    path: await projectPath(options.projectRoot, profile.path),
    profile: profile.columns,
    uses,
    knownInTime: uses.filter(({ use, column }) => isFeature(use) && isToldBy(column, { told, target })).map(({ column }) => column),
    trainer,
    metrics: metric === possible.metrics[0] ? undefined : [metric, ...possible.metrics.filter((other) => other !== metric)],
    target: target.name,
    targetExpression: target.expression,
    targetIsCategory: target.isCategory,
    targetMissing: target.missing,
    task: target.task,
    holdOut,
    cycles,
    warnings,
    reading: options.reading,
    toleratedMissing: await toleratedMissing(file, holdOut),
    keep: profile.columns
      .filter((column, index) => isIdentifier(column, profile.rows, index === 0))
      .flatMap(({ name: column }) => (column.includes('${') ? [] : [column]))
      .slice(0, 3),
  });
  return {
    name,
    profile,
    target: target.name,
    candidates,
    isDoubtful,
    warnings,
    task: target.task,
    classes: target.classes,
    columns: uses.map((each) => (each.use === 'time' ? { ...each, reason: timeReason(holdOut.kind) } : each)),
    trainer,
    split: holdOut.kind,
    metric,
    options: { ...possible, splits },
    reading: options.reading.reasons,
    yaml,
  };
}

/** The last word on a column counts. */
function chosenUses({ uses = [] }: ProposalChoices): ReadonlyMap<string, ColumnUse> {
  return new Map(uses.map(({ column, use }) => [column, use]));
}

function isFeature(use: ProjectProposal['columns'][number]['use']): boolean {
  return use === 'numeric' || use === 'categorical';
}

/** Whether a column gives the target away as far as the data tells, so that the training would stop for it. */
function isToldBy(column: string, { told, target }: { told: ToldTarget; target: Target }): boolean {
  return told.telling.has(column) || target.columns.includes(column);
}

interface ChosenTarget {
  readonly name: string;
  readonly expression: string | undefined;
}

async function chooseTarget(
  file: ProfiledFile,
  candidates: readonly { readonly column: string }[],
  options: ProposalOptions,
): Promise<ChosenTarget> {
  const asked = options.target;
  if (asked === undefined) {
    const chosen = chosenUses(options);
    const [first] = candidates.filter(({ column }) => !chosen.has(column));
    if (first !== undefined) return { name: first.column, expression: undefined };
    throw new AppError('proposal.noTarget', t('No column of {path} can be predicted.', { path: file.profile.path }), {
      args: { path: file.profile.path },
      remedy: t('Name one, or an expression such as "late: delay > 15".'),
    });
  }
  if (file.profile.columns.some((column) => column.name === asked)) return { name: asked, expression: undefined };
  const named = /^\s*([A-Za-z_]\w*)\s*:\s*(\S[\s\S]*)$/.exec(asked);
  if (named === null && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(asked))
    throw noSuchColumn(
      asked,
      file.profile.columns.map((column) => column.name),
    );
  const [name, expression] = [named?.[1] ?? 'target', named?.[2] ?? asked];
  await guardExpression(file.duckdb, { key: 'target', sql: expression });
  return { name, expression };
}

function noSuchColumn(column: string, names: readonly string[]): AppError {
  const nearest = nearestName(column, names);
  const columns = names.slice(0, 30).join(', ');
  return new AppError('proposal.unknownTarget', t('There is no column "{column}" to predict.', { column }), {
    args: { column },
    remedy:
      nearest === undefined
        ? t('The columns are {columns}.', { columns })
        : t('Did you mean "{nearest}"? The columns are {columns}.', { nearest, columns }),
  });
}

interface Target extends ChosenTarget {
  readonly sql: string;
  /** The columns it is, or is computed from. */
  readonly columns: readonly string[];
  readonly task: ProjectProposal['task'];
  readonly classes: ProjectProposal['classes'];
  readonly isCategory: boolean;
  readonly missing: number;
}

async function describeTarget(file: ProfiledFile, { name, expression }: ChosenTarget): Promise<Target> {
  const sql = expression === undefined ? quoteName(name) : `(\n${expression}\n)`;
  const names = file.profile.columns.map((column) => column.name);
  const columns = expression === undefined ? [name] : queriedDatasets(expression, names);
  try {
    const [described] = await file.duckdb.query(`DESCRIBE SELECT ${sql} AS value FROM ${file.from}`);
    const family = familyOf(String(described?.column_type));
    const { present, missing } = await countValues(
      file,
      sql,
      className(file, { name, expression, sql, storedAs: String(described?.column_type) }),
    );
    const known = file.profile.rows - missing;
    if (present.length < 2 || family === 'time') throw notPredictable(name);
    const isColumn = expression === undefined;
    const task = taskOf(present, { family, isColumn, known });
    if (task.task !== 'regression' && present.length > mostClassesIn(known)) throw tooManyClasses(name, present.length, known);
    const others = known - Math.max(...present.map(({ count }) => count));
    if (task.task === 'regression' && others < fewestOthers) throw nearlyConstant(name, others, known);
    return { name, expression, sql, columns, missing, ...task };
  } catch (error) {
    throw sqlFailure(error, { key: 'target', sql: expression ?? name });
  }
}

function taskOf(
  values: readonly ValueCount[],
  { family, isColumn, known }: { family: TypeFamily; isColumn: boolean; known: number },
): Pick<Target, 'task' | 'classes' | 'isCategory'> {
  const isNumber = (family === 'number' || family === 'integer') && !isFlag(values);
  const isCategory = isNumber && family === 'integer' && isColumn && values.length <= Math.min(mostClassNumbers, mostClassesIn(known));
  if (isNumber && !isCategory) return { task: 'regression', classes: [], isCategory };
  return { task: values.length === 2 ? 'binary' : 'multiclass', classes: sharesOf(values), isCategory };
}

/** With fewer rows of another value than most have, none may be left to learn from once rows are kept back. */
const fewestOthers = 4;

function nearlyConstant(name: string, others: number, rows: number): AppError {
  const args = { name, others: formatCount(others), rows: formatCount(rows) };
  return new AppError(
    'proposal.nearlyConstant',
    t('"{name}" is the same in all of {rows} rows but {others}: there is nothing to learn about it.', args),
    { args, remedy: t('Choose another column, or bring more rows.') },
  );
}

/** With more classes than this share of the rows a class has too few rows to be learnt from and measured on. */
const mostClassesShare = 0.35;

function mostClassesIn(rows: number): number {
  return Math.min(1000, Math.max(2, Math.floor(mostClassesShare * rows)));
}

function tooManyClasses(name: string, classes: number, rows: number): AppError {
  const args = { name, classes: classes > 1000 ? t('more than 1,000') : formatCount(classes), rows: formatCount(rows) };
  return new AppError(
    'proposal.tooManyClasses',
    t('"{name}" has {classes} different texts in {rows} rows: too many to tell apart as classes.', args),
    { args, remedy: t('Choose another column, or group its values by an expression.') },
  );
}

/** The name of a value's class in SQL, as the check and the model will call it. */
function className(
  { profile }: ProfiledFile,
  { name, expression, sql, storedAs }: ChosenTarget & { readonly sql: string; readonly storedAs: string },
): string {
  if (expression !== undefined) return computedClassSql(sql, storedAs);
  return classNameSql(
    sql,
    profile.columns.find((column) => column.name === name),
  );
}

/** The target's values, most frequent first; of more than a thousand, only as many. */
async function countValues(file: ProfiledFile, sql: string, className: string): Promise<{ present: ValueCount[]; missing: number }> {
  const rows = await file.duckdb.query(
    `SELECT ${className} AS value, CAST(count(*) AS DOUBLE) AS n, ${sql} IS NULL AS missing
     FROM ${file.from} GROUP BY ALL ORDER BY missing DESC, n DESC, value LIMIT 1002`,
  );
  const isPresent = (row: (typeof rows)[number]): boolean => row.missing === false;
  const missing = rows.find((row) => !isPresent(row));
  return {
    present: rows.filter(isPresent).map((row) => ({ value: String(row.value), count: Number(row.n) })),
    missing: Number(missing?.n ?? 0),
  };
}

interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** Numbers that are 0 and 1 only mean no and yes. */
function isFlag(values: readonly ValueCount[]): boolean {
  return values.every(({ value }) => Number(value) === 0 || Number(value) === 1);
}

function sharesOf(values: readonly ValueCount[]): ProjectProposal['classes'] {
  const known = values.reduce((sum, one) => sum + one.count, 0);
  return values.map(({ value, count }) => ({ value, share: count / known }));
}

function notPredictable(name: string): AppError {
  return new AppError('proposal.noTarget', t('"{name}" cannot be predicted: it must be a number or have at least two classes.', { name }), {
    args: { name },
    remedy: t('Choose another column, or an expression such as "late: delay > 15".'),
  });
}

/** With fewer, nothing is left to learn from, to stop by and to measure by. */
const fewestRows = 5;

function tooFewRows({ path, rows }: ProjectProposal['profile']): AppError {
  return new AppError(
    'proposal.tooFewRows',
    t('{path} has only {rows} rows: too few to learn from some and measure on others.', { path, rows }),
    {
      args: { path, rows },
      remedy: t('Bring at least {least} rows, and many more for a model that is worth something.', { least: fewestRows }),
    },
  );
}

function nothingToLearnFrom(target: string): AppError {
  return new AppError('proposal.noFeatures', t('No column is left to predict "{target}" from.', { target }), {
    args: { target },
    remedy: t('Leave out fewer columns, or choose another target.'),
  });
}

function requireColumn(columns: readonly ColumnProfile[], name: string): ColumnProfile {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new RangeError(`no column ${name}`);
  return column;
}

/** The column to split by: the one chosen, else the first that can be and is not left out. */
function timeColumn(
  { columns, rows }: DatasetProfile,
  { target, chosen }: { target: readonly string[]; chosen: ReadonlyMap<string, ColumnUse> },
): string | undefined {
  const usable = columns.filter((column) => obstacleTo('time', column, rows) === undefined).map(({ name }) => name);
  return usable.find((name) => chosen.get(name) === 'time') ?? usable.find((name) => !target.includes(name) && !chosen.has(name));
}

/** Relative to the project folder; absolute only where it lies on another drive of Windows. */
async function projectPath(root: string, path: string): Promise<string> {
  const from = await realpath(root).catch(() => resolve(root)); // the folder may be made later
  const to = join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  return relative(from, to).replaceAll('\\', '/');
}

function stemOf(file: string): string {
  return file.replace(/\.gz$/i, '').replace(/\.[^.]*$/, '');
}

function slug(file: string): string {
  const name = stemOf(file)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'model' : name;
}

/** Whether the project will read the column, and so declare it. */
function isDeclared(column: string, uses: ProjectProposal['columns']): boolean {
  const use = uses.find((one) => one.column === column)?.use;
  return use !== undefined && use !== 'ignored';
}

/** What the check allows by itself. */
const defaultMissing = 0.1;

/** Among the rows that are learnt the share may be larger than among all by three standard deviations; in steps of a twentieth. */
async function toleratedMissing({ duckdb, from, profile: { columns, rows } }: ProfiledFile, holdOut: HoldOut): Promise<number | undefined> {
  const learnt = Math.max(1, rows * (1 - heldShare));
  const most = Math.max(
    ...columns.map((column) => column.missing / Math.max(1, rows)),
    await mostMissing(duckdb, from, { columns, holdOut }),
  );
  const likely = most === 0 ? 0 : most + 3 * Math.sqrt((most * (1 - most)) / learnt);
  return likely <= defaultMissing ? undefined : Math.min(1, Math.ceil(likely * 20) / 20);
}
