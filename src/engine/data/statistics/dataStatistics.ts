/** The statistics of what a stage reads: counted as the rows pass, and told in one sentence. */
import { formatCount, formatFigure, formatShare } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { DataStatistics, TargetFigures } from '../../../protocol/dataStatistics.ts';
import { missingTime, type Chunk, type ColumnVector } from '../rows/columns.ts';
import type { DatasetReader } from '../dataset/datasetReader.ts';

/** Missing values by column. */
export type MissingCounts = Record<string, number>;

/** No counts yet. A column may be called like a property that objects inherit. */
export function noCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/**
 * Adds the missing values of a chunk to the counts; columns without any are not named.
 * @param isCounted whether a row of the chunk counts; default: every row
 */
export function addMissing(counts: MissingCounts, chunk: Chunk, isCounted?: (row: number) => boolean): void {
  for (const [name, vector] of Object.entries(chunk.columns)) {
    let missing = 0;
    for (let row = 0; row < chunk.rows; row++) if (isMissingAt(vector, row) && isCounted?.(row) !== false) missing++;
    if (missing > 0) counts[name] = (counts[name] ?? 0) + missing;
  }
}

/** Whether the value of a row is missing. */
export function isMissingAt(vector: ColumnVector, row: number): boolean {
  switch (vector.kind) {
    case 'number':
      return Number.isNaN(vector.values[row]);
    case 'time':
      return vector.values[row] === missingTime;
    case 'text':
      return vector.values[row] === null;
  }
}

/** What has been read through an observed reader so far; the columns of computed expressions are not counted. */
export interface Observation {
  readonly reader: DatasetReader;
  readonly rows: () => number;
  readonly missing: () => Readonly<MissingCounts>;
}

/** The reader, with the rows and missing values counted that pass through its chunks. */
export function observe(reader: DatasetReader): Observation {
  const counts: MissingCounts = noCounts();
  let rows = 0;
  const chunks: DatasetReader['chunks'] = async function* (request) {
    const computed = new Set(Object.keys(request.expressions ?? {}));
    for await (const chunk of reader.chunks(request)) {
      rows += chunk.rows;
      const columns = Object.fromEntries(Object.entries(chunk.columns).filter(([name]) => !computed.has(name)));
      addMissing(counts, { rows: chunk.rows, columns });
      yield chunk;
    }
  };
  const observed: DatasetReader = {
    name: reader.name,
    columns: reader.columns,
    time: reader.time,
    fingerprint: reader.fingerprint,
    formats: reader.formats,
    notes: reader.notes,
    verbatim: reader.verbatim,
    read: reader.read,
    firstMisfit: async (column, type) => reader.firstMisfit(column, type),
    filesOfNumbers: async (column) => reader.filesOfNumbers(column),
    rows: async () => reader.rows(),
    expressionType: async (sql) => reader.expressionType(sql),
    chunks,
    close: async () => reader.close(),
    [Symbol.asyncDispose]: async () => reader[Symbol.asyncDispose](),
  };
  return { reader: observed, rows: () => rows, missing: () => counts };
}

/** The columns with the most missing values are named, at most this many. */
const namedColumns = 3;

/** The statistics in one sentence, for a log. */
export function describeStatistics({ dataset, context, ...figures }: DataStatistics): string {
  const purposes = {
    check: t('to check'),
    training: t('to learn from'),
    validation: t('held out'),
    evaluation: t('to measure on'),
    prediction: t('to predict for'),
  };
  return t('{dataset}, {purpose}: {figures}.', { dataset, purpose: purposes[context], figures: describeFigures(figures) });
}

/** Rows, missing values and target in a few words. */
export function describeFigures({ rows, missing, target }: Pick<DataStatistics, 'rows' | 'missing' | 'target'>): string {
  const parts = [
    t('{rows} rows', { rows: formatCount(rows) }),
    missingWords(missing, rows),
    target === undefined ? undefined : targetWords(target),
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

function missingWords(missing: DataStatistics['missing'], rows: number): string {
  const columns = Object.entries(missing).sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  if (columns.length === 0) return t('no missing values');
  const shown = columns.length === namedColumns + 1 ? columns.length : namedColumns; // the name of one more takes no more room than its count
  const named = columns.slice(0, shown).map(([name, count]) => `${name} ${formatShare(count / rows)}`);
  const more = columns.length - named.length;
  const list = named.join(', ');
  return more === 0 ? t('missing: {list}', { list }) : t('missing: {list} and {more} more columns', { list, more });
}

/** Shares of the largest classes are named, at most this many. */
const namedClasses = 5;

function targetWords(target: TargetFigures): string {
  if (target.kind === 'number') return t('mean of {target}: {mean}', { target: target.name, mean: formatFigure(target.mean) });
  const largest = target.shares.toSorted((a, b) => b.share - a.share).slice(0, namedClasses);
  const list = largest.map(({ value, share }) => `${value} ${formatShare(share)}`).join(', ');
  return target.shares.length > largest.length
    ? t('{target}: {list}, …', { target: target.name, list })
    : t('{target}: {list}', { target: target.name, list });
}
