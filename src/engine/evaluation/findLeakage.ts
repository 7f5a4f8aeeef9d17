/** Whether a model is measured on rows it learned from, or on rows no later than those. */
import { isCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { formatCount, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { leakageSeverities } from '../../protocol/tables/dataChecks.ts';
import type { LeakageCheck, LeakageFinding } from '../../protocol/evaluation.ts';
import type { Column } from '../../protocol/dataset.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { DatasetReader } from '../data/dataset/datasetReader.ts';
import { formatInstant, parseInstant } from '../data/rows/instants.ts';
import { openDataset, type DatasetProject } from '../data/dataset/openDataset.ts';
import { countEqualRows, repeatByNature } from '../data/rows/equalRows.ts';
import { chanceOfRepeats, readRowHashes } from '../data/dataset/rowHashes.ts';
import { findSharedRows, isSharedByChance, sharedRowsSeverity, twinShare } from '../data/rows/sharedRows.ts';
import { countTimes } from '../data/dataset/timeSpan.ts';
import type { ModelDescription } from '../inference/scoring/model.ts';
import { evaluateDefaults, type EvaluateStage } from '../project/definitions/stages/evaluateStage.ts';

export interface LeakageRequest {
  readonly project: DatasetProject;
  readonly stage: EvaluateStage;
  readonly asOf: Date;
  readonly description: ModelDescription;
  /** The data set that is measured on. */
  readonly reader: DatasetReader;
}

export interface FoundLeakage {
  readonly findings: readonly LeakageFinding[];
  /** What is in order, and what could not be looked for. */
  readonly checks: readonly LeakageCheck[];
}

/** @throws what reading the data sets throws; CancelledError */
export async function findLeakage(request: LeakageRequest, ctx: StageContext): Promise<FoundLeakage> {
  const { description, reader } = request;
  const { trainedOn } = description;
  if (trainedOn === undefined) {
    return unknown(
      t('The model does not say which rows it learned from, so that they could not be looked for in {dataset}.', { dataset: reader.name }),
    );
  }
  ctx.progress({ message: t('Looking for rows the model has learned from') });
  const time = await timeFindings(request, ctx);
  if (time.isLater && reader.columns.some(({ name }) => name === trainedOn.time?.column)) return time;
  const shared = await sharedRows(request, ctx);
  return { findings: [...shared.findings, ...time.findings], checks: [...shared.checks, ...time.checks] };
}

interface TimeOrder extends FoundLeakage {
  /** Every row is later than all that was learned from. */
  readonly isLater: boolean;
}

/** In use a model judges rows that are later than all it has learned from. */
async function timeFindings({ description, reader, stage }: LeakageRequest, ctx: StageContext): Promise<TimeOrder> {
  const learned = description.trainedOn?.time;
  if (learned === undefined || reader.time !== learned.column) return { findings: [], checks: [], isLater: false };
  const last = parseInstant(learned.last);
  const { earlier, equal, later, rows } = await countTimes(reader, { column: learned.column, moment: last, signal: ctx.signal });
  const args = { dataset: reader.name, count: formatCount(earlier + equal), rows: formatCount(rows), last: formatInstant(last) };
  if (earlier + equal === 0) {
    const inOrder =
      later === rows
        ? t('All {rows} rows of {dataset} are later than the last row the model learned from ({last}).', args)
        : t('All rows of {dataset} that have a time are later than the last row the model learned from ({last}).', args);
    return { findings: [], checks: [{ kind: 'time', outcome: 'clear', message: inOrder }], isLater: later === rows };
  }
  const message =
    earlier === 0
      ? t(
          '{count} of {rows} rows of {dataset} have the very time of the last row the model learned from ({last}): a moment is cut in two.',
          args,
        )
      : t(
          '{count} of {rows} rows of {dataset} are no later than the last row the model learned from ({last}), so the score may be better than in use.',
          args,
        );
  const severity = stage.leakage?.severity?.time_order ?? leakageSeverities.time_order;
  return { findings: [{ kind: earlier === 0 ? 'ties' : 'time', severity, message, column: learned.column }], checks: [], isLater: false };
}

async function sharedRows(request: LeakageRequest, ctx: StageContext): Promise<FoundLeakage> {
  try {
    await using learned = await openLearned(request, ctx);
    return learned === undefined ? unknown(notThere(request)) : await compareRows(request, learned, ctx);
  } catch (error) {
    if (isCancelled(error) || !AppError.is(error)) throw error;
    return unknown(t('Rows the model has learned from could not be looked for: {reason}', { reason: error.message }));
  }
}

function unknown(message: string): FoundLeakage {
  return { findings: [], checks: [{ kind: 'sharedRows', outcome: 'unknown', message }] };
}

/** The rows that were learned from; undefined where the project has them no more. */
async function openLearned(
  { project, asOf, description: { trainedOn } }: LeakageRequest,
  ctx: StageContext,
): Promise<DatasetReader | undefined> {
  if (trainedOn === undefined || !Object.hasOwn(project.datasets, trainedOn.dataset)) return undefined;
  const reader = await openDataset(project, trainedOn.dataset, { asOf, budget: ctx.budget, signal: ctx.signal });
  if (reader.fingerprint.digest === trainedOn.digest) return reader;
  await reader.close();
  return undefined;
}

function notThere({ description }: LeakageRequest): string {
  return t('The rows the model learned from ({dataset}) are not in this project any more, so that shared rows could not be looked for.', {
    dataset: description.trainedOn?.dataset ?? '',
  });
}

/** What the model reads, its target, and the time: what else a row holds, such as its number, makes no two rows differ. */
function valuesThatMatter({ reader, description }: LeakageRequest, learned: DatasetReader): { columns: Column[]; expressions: string[] } {
  const { inputs, target, targetExpression } = description;
  const matters = (name: string): boolean =>
    name === reader.time || inputs.some((input) => input.name === name) || (targetExpression === undefined && name === target);
  const columns = reader.columns.filter(
    ({ name, type }) => matters(name) && learned.columns.some((other) => other.name === name && other.type === type),
  );
  return { columns, expressions: targetExpression === undefined ? [] : [targetExpression] };
}

async function compareRows(request: LeakageRequest, learned: DatasetReader, { signal }: StageContext): Promise<FoundLeakage> {
  const { reader, stage } = request;
  const values = { ...valuesThatMatter(request, learned), signal };
  const judged = await readRowHashes(reader, values);
  const others = await readRowHashes(learned, values);
  const shared = findSharedRows(judged, others);
  const args = { rows: formatCount(judged.length), dataset: reader.name, learned: learned.name };
  if (shared.rows === 0) {
    return clear(
      t(
        'None of the {rows} rows of {dataset} equals a row of {learned}, from which the model learned, in all that the model reads and in the target.',
        args,
      ),
    );
  }
  const limit = stage.leakage?.max_shared_rows ?? evaluateDefaults.leakage.max_shared_rows;
  const message = t(
    '{count} of {rows} rows of {dataset} ({share}) equal a row of {learned}, from which the model learned, in all that the model reads and in the target: row {judged} equals row {other}, for example. At most {limit} may.',
    {
      ...args,
      count: formatCount(shared.rows),
      share: formatShare(shared.share),
      judged: (shared.example?.judged ?? 0) + 1,
      other: (shared.example?.other ?? 0) + 1,
      limit: formatShare(limit),
    },
  );
  if (shared.share <= limit) return clear(message);
  const { rows, different } = countEqualRows(others);
  const inputs = values.columns.filter(({ name }) => name !== request.description.target);
  const byChance =
    repeatByNature({ rows, different }) ||
    (isSharedByChance(shared, twinShare(others)) &&
      isSharedByChance(shared, await chanceOfRepeats(learned, { columns: inputs, signal, different })));
  if (byChance) return clear(`${message} ${t('No more than rows of {learned} equal one another: they come back by chance.', args)}`);
  const severity = sharedRowsSeverity(shared, stage.leakage?.severity?.shared_rows);
  return { findings: [{ kind: 'sharedRows', severity, message, column: undefined }], checks: [] };
}

function clear(message: string): FoundLeakage {
  return { findings: [], checks: [{ kind: 'sharedRows', outcome: 'clear', message }] };
}
