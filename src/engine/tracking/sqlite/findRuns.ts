/**
 * Pages of runs, newest first. MLflow's tables have no index by time, so that each page looks once at the start of every run; all else
 * is read for the runs of the page alone.
 */
import type { RunStatus, RunSummary } from '../../../protocol/run.ts';
import type { Page } from '../store/pages.ts';
import type { RunQuery } from '../store/trackingStore.ts';
import { asNumber, asText, optional, type Row, type Snapshot } from './mlflowDatabase.ts';
import { inWorkspace } from './workspace.ts';
import { parentTag } from '../../../protocol/tables/storedNames.ts';

const defaultLimit = 1000;
const statuses: readonly string[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] satisfies readonly RunStatus[];

const withExperiments = 'LEFT JOIN experiments e ON e.experiment_id = r.experiment_id';
const isDeleted = `(coalesce(r.lifecycle_stage, 'active') = 'deleted' OR coalesce(e.lifecycle_stage, 'active') = 'deleted')`;
const started = 'CAST(coalesce(r.start_time, 0) AS REAL)';

export function findRuns(snapshot: Snapshot, query: RunQuery): Page<RunSummary> {
  const limit = query.limit ?? defaultLimit;
  const found = findPlaces(snapshot, query, limit + 1);
  const places = found.slice(0, limit);
  const last = found.length > limit ? places.at(-1) : undefined;
  const items = readSummaries(
    snapshot,
    places.map(({ id }) => id),
  );
  return last === undefined ? { items } : { items, nextPage: `${last.started} ${last.id}` };
}

/** Where a run stands in the order of all. */
interface RunPlace {
  readonly started: number;
  readonly id: string;
}

interface Conditions {
  readonly texts: string[];
  readonly values: (string | number)[];
}

function findPlaces(snapshot: Snapshot, query: RunQuery, most: number): readonly RunPlace[] {
  const hasTags = snapshot.tables.has('tags');
  if (!hasTags && (query.parents !== undefined || query.tags !== undefined)) return [];
  const { texts, values } = conditionsOf(snapshot, query);
  const ordered = `SELECT r.run_uuid AS id, ${started} AS started FROM runs r ${withExperiments}
    WHERE ${['1', ...texts].join(' AND ')} ${inWorkspace(snapshot.tables, 'experiments', 'e')} ORDER BY 2 DESC, 1`;
  // Whether a run is nested is looked up in that order, and only until the page is full.
  const topLevel = `SELECT c.id, c.started FROM (${ordered} LIMIT -1) c WHERE NOT EXISTS (${listedParents(query)})`;
  return snapshot
    .all(`${query.topLevel === true && hasTags ? topLevel : ordered} LIMIT ?`, ...values, most)
    .map((row) => ({ id: asText(row.id) ?? '', started: asNumber(row.started) ?? 0 }));
}

function conditionsOf(snapshot: Snapshot, query: RunQuery): Conditions {
  const texts: string[] = [];
  const values: (string | number)[] = [];
  const where = (text: string, ...bound: (string | number)[]): void => {
    texts.push(text);
    values.push(...bound);
  };
  const tagged = (condition: string): string => `r.run_uuid IN (SELECT t.run_uuid FROM tags t WHERE t."key" = ? AND t.value ${condition})`;
  if (query.includeDeleted !== true) where(`NOT ${isDeleted}`);
  if (query.experiment !== undefined) where('e.name = ?', query.experiment);
  if (query.ids !== undefined) where(`r.run_uuid IN (${listed})`, JSON.stringify(query.ids));
  if (query.parents !== undefined) where(tagged(`IN (${listed})`), parentTag, JSON.stringify(query.parents));
  for (const [key, value] of Object.entries(query.tags ?? {})) where(tagged('= ?'), key, value);
  if (query.startsWith !== undefined) {
    const [text, name] = [query.startsWith, optional(snapshot, 'runs', 'name', 'r')];
    where(`(substr(r.run_uuid, 1, length(?)) = ? OR substr(${name}, 1, length(?)) = ?)`, text, text, text, text);
  }
  if (query.startedUntil !== undefined) where(`${started} <= ?`, query.startedUntil);
  if (query.page !== undefined) {
    const after = placeIn(query.page);
    where(`(${started} < ? OR (${started} = ? AND r.run_uuid > ?))`, after.started, after.started, after.id);
  }
  return { texts, values };
}

/** The values of a JSON list. */
const listed = 'SELECT value FROM json_each(?)';

function placeIn(page: string): RunPlace {
  const [start = '', ...id] = page.split(' ');
  return { started: Number(start), id: id.join(' ') };
}

function listedParents({ includeDeleted }: RunQuery): string {
  const isListed = includeDeleted === true ? '' : `AND NOT ${isDeleted}`;
  return `SELECT 1 FROM tags t JOIN runs r ON r.run_uuid = t.value ${withExperiments}
    WHERE t.run_uuid = c.id AND t."key" = '${parentTag}' ${isListed}`;
}

function readSummaries(snapshot: Snapshot, ids: readonly string[]): readonly RunSummary[] {
  if (ids.length === 0) return [];
  const asked = JSON.stringify(ids);
  const hasTags = snapshot.tables.has('tags');
  const parent = hasTags ? `(SELECT p.value FROM tags p WHERE p.run_uuid = r.run_uuid AND p."key" = '${parentTag}')` : 'NULL';
  const rows = snapshot.all(
    `SELECT r.run_uuid AS id, ${optional(snapshot, 'runs', 'name', 'r')} AS name, r.experiment_id, e.name AS experiment, r.status,
      ${started} AS started, CAST(r.end_time AS REAL) AS ended, r.artifact_uri, ${parent} AS parent, ${isDeleted} AS deleted
    FROM json_each(?) asked CROSS JOIN runs r ON r.run_uuid = asked.value ${withExperiments} ORDER BY asked.key`,
    asked,
  );
  const children = hasTags ? countChildren(snapshot, asked) : new Map<string, number>();
  return rows.map((row) => toSummary(row, children));
}

/** Of those runs that have any. */
function countChildren(snapshot: Snapshot, ids: string): ReadonlyMap<string, number> {
  const rows = snapshot.all(
    `SELECT t.value AS parent, count(*) AS children FROM tags t CROSS JOIN runs r ON r.run_uuid = t.run_uuid ${withExperiments}
     WHERE t."key" = '${parentTag}' AND t.value IN (${listed}) AND NOT ${isDeleted} GROUP BY t.value`,
    ids,
  );
  return new Map(rows.map((row) => [asText(row.parent) ?? '', asNumber(row.children) ?? 0]));
}

function toSummary(row: Row, children: ReadonlyMap<string, number>): RunSummary {
  const id = asText(row.id) ?? '';
  const status = asText(row.status) ?? '';
  return {
    id,
    name: asText(row.name) ?? id,
    experimentId: asText(row.experiment_id) ?? '',
    experimentName: asText(row.experiment) ?? '',
    status: isStatus(status) ? status : 'RUNNING',
    startedAt: asNumber(row.started) ?? 0,
    endedAt: asNumber(row.ended),
    deleted: row.deleted === 1,
    parentId: asText(row.parent),
    children: children.get(id) ?? 0,
    artifactUri: asText(row.artifact_uri) ?? '',
  };
}

function isStatus(text: string): text is RunStatus {
  return statuses.includes(text);
}
