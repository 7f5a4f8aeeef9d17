/** Whether training holds rows out honestly: none of them learned from as well, none earlier than what was learned, no feature with the answer. */
import { isCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { formatCount, formatFigure, formatShare } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { leakageSeverities } from '../../../protocol/tables/dataChecks.ts';
import type { LeakageFinding } from '../../../protocol/evaluation.ts';
import type { Column } from '../../../protocol/dataset.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import {
  association,
  givesAway,
  sampleSizes,
  screeningFigure,
  type Association,
  type TargetValues,
} from '../../data/statistics/association.ts';
import { missingTime } from '../../data/rows/columns.ts';
import { formatInstant } from '../../data/rows/instants.ts';
import { countEqualRows, repeatByNature } from '../../data/rows/equalRows.ts';
import { chanceOfRepeats, readRowHashes } from '../../data/dataset/rowHashes.ts';
import { findSharedRows, isSharedByChance, sharedRowsSeverity, twinShare, type SharedRows } from '../../data/rows/sharedRows.ts';
import type { Split } from '../../data/rows/split.ts';
import { trainDefaults } from '../../project/definitions/stages/trainStage.ts';
import { featureValues, sampledRows } from './leakageSample.ts';
import type { TrainingData } from '../rows/prepareTables.ts';
import { dividesRows } from '../rows/splitRows.ts';
import type { TrainingSource } from '../rows/trainingSource.ts';

/**
 * Compares what is learned from with what is held out. Nothing is read for a split by time: rows that are equal in every
 * column have equal times, and those are kept on one side; nor for a split that is ours to make: equal rows are kept together.
 * @returns what is worth a warning
 * @throws AppError `training.sharedRows`, `training.timeOrder`; CancelledError
 */
export async function checkParts(source: TrainingSource, splits: readonly Split[], ctx: StageContext): Promise<readonly string[]> {
  if (source.split.by === 'time') return [];
  if (dividesRows(source.split)) {
    logEqualRows(source, ctx);
    return settle(timeOrderFindings(source, splits));
  }
  ctx.progress({ message: t('Looking for rows that are held out and learned from') });
  return settle([...(await sharedRowsFindings(source, splits, ctx)), ...timeOrderFindings(source, splits)]);
}

function logEqualRows({ equal }: TrainingSource, ctx: StageContext): void {
  if (equal === undefined || equal.rows === equal.different) return;
  const args = { rows: formatCount(equal.rows), different: formatCount(equal.different) };
  ctx.log(
    'info',
    repeatByNature(equal)
      ? t(
          'In what the model reads there are only {different} different rows among {rows}: they come back by themselves, so rows are held out one by one.',
          args,
        )
      : t('In what the model reads there are {different} different rows among {rows}: equal ones are kept on one side of the split.', args),
  );
}

/**
 * Asks of each feature whether it alone tells the target in the rows that are learned from.
 * @returns what is worth a warning
 * @throws AppError `training.targetLeak`
 */
export function checkFeatures(source: TrainingSource, data: TrainingData): readonly string[] {
  const allowed = new Set(source.stage.leakage?.allow ?? []);
  const samples = sampleSizes.map((most) => sampledRows(data, most));
  return settle(
    source.plan.features.flatMap((feature): LeakageFinding[] => {
      if (allowed.has(feature.name)) return [];
      let told: Association | undefined;
      for (const rows of samples) {
        told = association(featureValues(feature, rows, { source, data }), targetValues(data, rows));
        if (told.figure < screeningFigure) return [];
      }
      return told === undefined ? [] : associationFinding(feature.name, told, source);
    }),
  );
}

function targetValues({ target, tables }: TrainingData, rows: Uint32Array): TargetValues {
  const all = new Float64Array(tables.target);
  const values = Float64Array.from(rows, (row) => all[row] ?? NaN);
  return target.task === 'regression' ? { kind: 'numbers', values } : { kind: 'classes', classes: target.classes.length, values };
}

function associationFinding(feature: string, told: Association, { stage, targetPlan }: TrainingSource): LeakageFinding[] {
  const limit = stage.leakage?.max_association ?? trainDefaults.leakage.max_association;
  const given = givesAway(told, limit);
  if (given === 'no') return [];
  const args = {
    feature,
    target: targetPlan.name,
    figure: formatFigure(told.figure),
    limit: formatFigure(limit),
    rows: formatCount(told.rows),
  };
  const message = told.isCopy
    ? t('The feature "{feature}" is the target "{target}" in another form: it equals it in all of {rows} rows looked at.', args)
    : told.by === 'missing'
      ? t(
          'Whether the feature "{feature}" is missing tells the target "{target}" almost alone: {figure} of 1 in {rows} rows, at most {limit} may be.',
          args,
        )
      : t('The feature "{feature}" tells the target "{target}" almost alone: {figure} of 1 in {rows} rows, at most {limit} may be.', args);
  const severity = given === 'certainly' ? (stage.leakage?.severity?.association ?? leakageSeverities.association) : 'warn';
  return [{ kind: 'target', severity, message, column: feature }];
}

async function sharedRowsFindings(source: TrainingSource, splits: readonly Split[], ctx: StageContext): Promise<LeakageFinding[]> {
  const { reader, stage } = source;
  const values = { ...valuesThatMatter(source), signal: ctx.signal };
  let hashes: Float64Array;
  try {
    hashes = await readRowHashes(reader, values);
  } catch (error) {
    if (isCancelled(error) || !AppError.is(error)) throw error;
    // A value in a column that training does not read is no reason not to train.
    const message = t('Rows that are held out and learned from could not be looked for: {reason}', { reason: error.message });
    return [{ kind: 'sharedRows', severity: 'warn', message, column: undefined }];
  }
  const found = splits.map((split) => sharedOf(hashes, split));
  const worst = found.reduce((most, one) => (one.shared.share > most.shared.share ? one : most));
  if (worst.shared.rows === 0) return [];
  const limit = stage.leakage?.max_shared_rows ?? trainDefaults.leakage.max_shared_rows;
  const message = sharedMessage(worst, limit);
  if (worst.shared.share <= limit) {
    ctx.log('info', message);
    return [];
  }
  const { rows, different } = countEqualRows(hashes);
  const byChance =
    repeatByNature({ rows, different }) ||
    (isSharedByChance(worst.shared, twinShare(hashesOf(hashes, worst.split.training))) &&
      isSharedByChance(worst.shared, await chanceOfRepeats(reader, { columns: source.plan.inputs, signal: ctx.signal, different })));
  if (byChance) {
    ctx.log('info', `${message} ${t('No more than rows that are learned from equal one another: they come back by chance.')}`);
    return [];
  }
  const severity = sharedRowsSeverity(worst.shared, stage.leakage?.severity?.shared_rows);
  return [{ kind: 'sharedRows', severity, message, column: undefined }];
}

/** What the model reads, what it is to tell, and the time: what else a row holds, such as its number, makes no two rows differ. */
function valuesThatMatter({ reader, plan, targetPlan }: TrainingSource): { columns: Column[]; expressions: string[] } {
  const isRead = ({ name }: Column): boolean => name === reader.time || plan.inputs.some((input) => input.name === name);
  const { name: target, expression } = targetPlan;
  return {
    columns: reader.columns.filter((column) => isRead(column) || (expression === undefined && column.name === target)),
    expressions: expression === undefined ? [] : [expression],
  };
}

interface SharedInSplit {
  readonly shared: SharedRows;
  readonly split: Split;
}

function sharedOf(hashes: Float64Array, split: Split): SharedInSplit {
  return { shared: findSharedRows(hashesOf(hashes, split.validation), hashesOf(hashes, split.training)), split };
}

function hashesOf(hashes: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => hashes[row] ?? NaN);
}

function sharedMessage({ shared, split }: SharedInSplit, limit: number): string {
  const { judged = 0, other = 0 } = shared.example ?? {};
  return t(
    '{count} of {rows} held-out rows ({share}) equal a row that is learned from in all that the model reads, and in the target: row {judged} of the data equals row {other}, for example. At most {limit} may.',
    {
      count: formatCount(shared.rows),
      rows: formatCount(split.validation.length),
      share: formatShare(shared.share),
      limit: formatShare(limit),
      judged: (split.validation[judged] ?? 0) + 1,
      other: (split.training[other] ?? 0) + 1,
    },
  );
}

/** Rows held out at random, although their times are known: in use a model never learns from later rows than it judges. */
function timeOrderFindings({ reader, split, data, stage }: TrainingSource, splits: readonly Split[]): LeakageFinding[] {
  const { times } = data;
  if (times === undefined || split.by === 'group') return [];
  const found = splits.map(({ training, validation }) => {
    const first = validation.reduce((earliest, row) => earlier(earliest, times[row] ?? missingTime), missingTime);
    return { later: training.filter((row) => (times[row] ?? missingTime) > first).length, rows: training.length, first };
  });
  const worst = found.reduce((most, one) => (one.later > most.later ? one : most));
  if (worst.first === missingTime || worst.later === 0) return [];
  const message = t(
    'Rows are held out whatever their time: {later} of {rows} rows that are learned from are later than the first held-out row ({first}), so the score may be better than in use. The data set has a time column, "{time}", to split by.',
    { later: formatCount(worst.later), rows: formatCount(worst.rows), first: formatInstant(worst.first), time: reader.time ?? '' },
  );
  return [{ kind: 'time', severity: stage.leakage?.severity?.time_order ?? leakageSeverities.time_order, message, column: reader.time }];
}

function earlier(known: bigint, time: bigint): bigint {
  return time !== missingTime && (known === missingTime || time < known) ? time : known;
}

const failures = {
  sharedRows: {
    code: 'training.sharedRows',
    remedy: () =>
      t(
        'Drop repeated rows with a query (SELECT DISTINCT … ORDER BY …), keep them together with "split: group", or allow them: "leakage: {max_shared_rows: …}".',
      ),
  },
  target: {
    code: 'training.targetLeak',
    remedy: (features: string) =>
      t(
        'Take the feature out if it is known only with or after the target. If it is known in time, allow it under "leakage": "allow: [{features}]".',
        {
          features,
        },
      ),
  },
  time: { code: 'training.timeOrder', remedy: () => t('Write "split: time" under "validation".') },
} as const;

/** @returns the warnings @throws AppError for the findings that are errors */
function settle(findings: readonly LeakageFinding[]): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return findings.map(({ message }) => message);
  const { code, remedy } = failures[first.kind === 'ties' ? 'time' : first.kind];
  const columns = errors.flatMap(({ column }) => column ?? []).join(', ');
  throw new AppError(code, errors.map(({ message }) => message).join(' '), {
    kind: 'gate',
    args: { columns },
    remedy: remedy(columns),
  });
}
