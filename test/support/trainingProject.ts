/** Small projects with generated data, for tests that train. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../src/engine/project/loadProject.ts';
import type { Project } from '../../src/engine/project/definitions/project.ts';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import type { Progress, StageContext } from '../../src/protocol/stageContext.ts';
import { trainModel } from '../../src/engine/training/trainModel.ts';
import type { FitRecord, FitRun, TrainedModel, TrainingRound } from '../../src/engine/training/fit/trainedModel.ts';

/** A deterministic stream of numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** CSV with quotes where they are needed; null is the empty field. */
export function toCsv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const field = (value: string | number | boolean | null | undefined): string =>
    typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value ?? '');
  return [names.map(field).join(','), ...rows.map((row) => names.map((name) => field(row[name])).join(','))].join('\n') + '\n';
}

export interface TestProject extends AsyncDisposable {
  readonly root: string;
  readonly project: Project;
}

/** @param yaml what follows the name; its data set is `data.csv` */
export async function writeProject(yaml: string, rows: readonly Row[]): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), 'mill wright ü-'));
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'data.csv'), toCsv(rows));
  await writeFile(join(root, 'millwright.yaml'), `name: test\nenvironment: development\n${yaml}`);
  const { project, diagnostics } = await loadProject(root, {});
  if (project === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
  return { root, project, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

export interface StageRecord {
  readonly context: StageContext;
  readonly logged: string[];
}

export function stageContext(threads = 1, signal: AbortSignal = new AbortController().signal): StageRecord {
  const logged: string[] = [];
  return {
    logged,
    context: {
      signal,
      budget: { threads, memoryBytes: 2 ** 31 },
      log: (_level, message) => {
        logged.push(message);
      },
      progress: () => undefined,
    },
  };
}

/** Trains the stage of the project called `train`, with changes. */
export async function train(
  { root, project }: TestProject,
  changes: Partial<TrainStage> = {},
  options: {
    threads?: number;
    folder?: string;
    onRound?: (round: TrainingRound) => void;
    nested?: FitRun['nested'];
    onProgress?: (progress: Progress) => void;
    signal?: AbortSignal;
    memoryBytes?: number;
  } = {},
): Promise<TrainedModel> {
  const stage = { ...(project.stages.train as TrainStage), ...changes };
  const outputFolder = join(root, options.folder ?? 'model');
  const { context } = stageContext(options.threads, options.signal);
  const { nested, onRound = () => undefined, onProgress = () => undefined } = options;
  return trainModel(
    { project, stage, asOf: new Date(0), outputFolder, onRound, ...(nested === undefined ? {} : { nested }) },
    { ...context, progress: onProgress, budget: { ...context.budget, memoryBytes: options.memoryBytes ?? context.budget.memoryBytes } },
  );
}

/** A run as training reported it. */
export interface RecordedRun {
  readonly name: string;
  readonly rounds: TrainingRound[];
  readonly records: Partial<FitRecord>[];
  readonly children: RecordedRun[];
  ended: 'finished' | 'failed' | undefined;
}

/** Keeps what is reported to nested runs, as a tree. */
export function recordNested(children: RecordedRun[]): FitRun['nested'] {
  return async (name, work) => {
    const run: RecordedRun = { name, rounds: [], records: [], children: [], ended: undefined };
    children.push(run);
    try {
      const result = await work({
        onRound: (round) => run.rounds.push(round),
        log: async (record) => {
          run.records.push(record);
          await Promise.resolve();
        },
        nested: recordNested(run.children),
      });
      run.ended = 'finished';
      return result;
    } catch (error) {
      run.ended = 'failed';
      throw error;
    }
  };
}

/** The final metrics of a run, by name. */
export function metricsOf(run: RecordedRun): Record<string, number> {
  return Object.fromEntries(run.records.flatMap(({ metrics = [] }) => metrics.map(({ name, value }) => [name, value])));
}
