/** A store of many runs, written by SQL: one run of each ten trains, five after it are its folds, four stand alone. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStoreWriter } from '../../src/engine/stores/openStoreWriter.ts';

/** @returns the ids, oldest first; a run that stands in none has an index below 5 in its ten, and that at 4 has five folds */
export async function writeManyRuns(root: string, count: number): Promise<readonly string[]> {
  await using writer = openStoreWriter({ root }).tracking();
  const { id: made, experimentId } = await writer.createRun({ experiment: 'many', name: 'made', startedAt: 1, user: 'ada' });
  await writer.deleteRun(made);
  using database = new DatabaseSync(join(root, 'mlflow.db'));
  const run = database.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, lifecycle_stage, artifact_uri, experiment_id)
     VALUES (?, ?, 'UNKNOWN', 'ada', 'FINISHED', ?, 'active', '', ?)`,
  );
  const tag = database.prepare('INSERT INTO tags ("key", value, run_uuid) VALUES (?, ?, ?)');
  const param = database.prepare('INSERT INTO params ("key", value, run_uuid) VALUES (?, ?, ?)');
  const latest = database.prepare('INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, 0, 0, 0, ?)');
  const ids = Array.from({ length: count }, (_, index) => (index * 7919 + 1).toString(16).padStart(32, '0'));
  database.exec('BEGIN');
  for (const [index, id] of ids.entries()) {
    run.run(id, `run ${index}`, 1000 + Math.floor(index / 2), experimentId); // each two were started at once
    const inTen = index % 10;
    if (inTen > 4) tag.run('mlflow.parentRunId', ids[index - inTen + 4] ?? '', id);
    tag.run('millwright.stage', `stage ${index % 3}`, id);
    param.run('depth', String(index), id);
    latest.run('loss', 1 / (index + 1), id);
  }
  database.exec('COMMIT');
  return ids;
}
