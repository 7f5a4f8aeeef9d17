/** The statistics of what a stage read, as an artifact of the run it belongs to. */
import { join } from 'node:path';
import { writeAtomic } from '../../../base/files.ts';
import type { DataStatistics } from '../../../protocol/dataStatistics.ts';
import type { TrackingWriter } from '../../tracking/store/trackingStore.ts';

export interface StatisticsPlace {
  readonly runId: string;
  readonly stage: string;
  /** For unfinished files. */
  readonly folder: string;
}

/** Logs `data/<stage>.json`: one entry for each part that was read. */
export async function logStatistics(writer: TrackingWriter, place: StatisticsPlace, parts: readonly DataStatistics[]): Promise<void> {
  const path = join(place.folder, 'data.json');
  const content = parts.map(({ dataset, context, rows, missing, target }) => ({ dataset, context, rows, missing, target }));
  await writeAtomic(path, `${JSON.stringify({ version: 1, stage: place.stage, parts: content }, undefined, 2)}\n`);
  await writer.logArtifact(place.runId, path, `data/${place.stage}.json`);
}
