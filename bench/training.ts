/**
 * Boosting on the winter flights beside scikit-learn and LightGBM, in turns over five seeds: seconds, CPU seconds, ROC AUC, peak memory; and
 * what reading and preparing the rows takes beside pandas with pyarrow.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset } from '../src/engine/data/dataset/openDataset.ts';
import { allRows } from '../src/engine/data/rows/split.ts';
import { scoreOnce } from '../src/engine/evaluation/metrics/measuresOf.ts';
import { openModel } from '../src/engine/inference/scoring/openModel.ts';
import type { Project } from '../src/engine/project/definitions/project.ts';
import type { TrainStage } from '../src/engine/project/definitions/stages/trainStage.ts';
import { requireProject } from '../src/engine/project/loadProject.ts';
import { fitEstimator } from '../src/engine/training/fit/fitEstimator.ts';
import { prepareTables, type TrainingData } from '../src/engine/training/rows/prepareTables.ts';
import { trainModel } from '../src/engine/training/trainModel.ts';
import { TrainingProgress } from '../src/engine/training/fit/trainingProgress.ts';
import { readTrainingSource } from '../src/engine/training/rows/trainingSource.ts';
import { flightContext, flightProject, flightsFile, winter, winterTraining } from '../test/support/flights.ts';
import { runPython } from '../test/support/python.ts';

const seeds = [42, 43, 44, 45, 46];
const rounds = 100;
const peers = ['scikit-learn', 'LightGBM'] as const;

/** Of one seed. */
interface Taken {
  /** Reading the file and making the matrix of it. */
  readonly preparing: number;
  /** From a matrix in memory to a forest. */
  readonly seconds: number;
  /** Spent in user code, whatever else the machine was doing. */
  readonly cpuSeconds: number;
  /** On the flights of March and April. */
  readonly auc: number;
  /** Of the whole process until then, in MB. */
  readonly peak: number;
}

const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
try {
  const parts = { ...winter, spring: 'since: 2001-03-01, before: 2001-05-01' };
  await writeFile(join(folder, 'millwright.yaml'), flightProject(parts, winterTraining));
  const project = await requireProject(folder, {});
  const stage = project.stages.train as TrainStage;
  const ours: Taken[] = [];
  const theirs = peers.map((): Taken[] => []);
  for (const seed of seeds) {
    const began = performance.now();
    const data = await winterTables(project, stage);
    const preparing = (performance.now() - began) / 1000;
    const taken = await boost(data, stage, seed);
    ours.push({ preparing, ...taken, auc: await springAuc({ ...project, seed }, stage) });
    for (const [index, peer] of peers.entries()) {
      const args = [flightsFile, String(seed), peer, String(flightContext.budget.threads)];
      theirs[index]?.push(await runPython<Taken>('boosting', 'boost_flights.py', { cwd: folder, args }));
    }
  }
  report(ours, theirs);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The matrix that the trainer reads, with every winter row. */
async function winterTables(project: Project, stage: TrainStage): Promise<TrainingData> {
  const { budget, signal } = flightContext;
  await using reader = await openDataset(project, stage.dataset, { asOf: new Date(), budget, signal });
  const source = await readTrainingSource(project, stage, reader, flightContext);
  const rows = { training: allRows(source.data.rows), validation: new Uint32Array() };
  return await prepareTables(source, { rows, seed: project.seed }, () => undefined, flightContext);
}

/** Bins, threads and rounds, as scikit-learn's `fit` does them: from a matrix to a forest. */
async function boost(data: TrainingData, stage: TrainStage, seed: number): Promise<Omit<Taken, 'preparing' | 'auc'>> {
  const progress = new TrainingProgress([{ label: undefined, rows: data.tables.rows }], flightContext);
  const [began, cpu] = [performance.now(), process.cpuUsage().user];
  await fitEstimator(data, { stage, trainer: 'gbdt', seed, rounds, progress, onRound: () => undefined }, flightContext);
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (process.cpuUsage().user - cpu) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  };
}

async function springAuc(project: Project, stage: TrainStage): Promise<number> {
  const { budget } = flightContext;
  const modelFolder = join(folder, `model-${project.seed}`);
  await trainModel({ project, stage, asOf: new Date(), outputFolder: modelFolder, onRound: () => undefined }, flightContext);
  await using model = await openModel(modelFolder, { threads: budget.threads });
  await using reader = await openDataset(project, 'spring', { asOf: new Date(), budget });
  const columns = model.description.inputs.map(({ name }) => name);
  const probabilities: number[] = [];
  const truth: number[] = [];
  for await (const chunk of reader.chunks({ columns, expressions: { late: 'delay > 15' } })) {
    const { scores } = await model.score(chunk);
    for (let row = 0; row < chunk.rows; row++) {
      probabilities.push(scores[row * 2 + 1] ?? NaN);
      truth.push(chunk.columns.late?.values[row] === 1 ? 1 : 0);
    }
  }
  const predictions = { task: 'binary', truth: Uint8Array.from(truth), scores: Float32Array.from(probabilities), threshold: 0.5 } as const;
  return scoreOnce(predictions, ['roc_auc']).roc_auc ?? NaN;
}

function report(ours: readonly Taken[], theirs: readonly (readonly Taken[])[]): void {
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const row = (what: keyof Taken, typical: (values: readonly number[]) => number, digits: number): object => {
    const figure = (all: readonly Taken[]): number => typical(all.map((one) => one[what]));
    const columns = peers.flatMap((peer, index) => {
      const their = figure(theirs[index] ?? []);
      return [
        [peer, their.toFixed(digits)],
        [`ours / ${peer}`, (figure(ours) / their).toFixed(2)],
      ];
    });
    return { ours: figure(ours).toFixed(digits), ...(Object.fromEntries(columns) as object) };
  };
  console.log(`${rounds} trees of 31 leaves on the winter flights, ${flightContext.budget.threads} threads, ${seeds.length} seeds:`);
  console.table({
    'seconds, median': row('seconds', median, 2),
    // On a busy machine the least disturbed turn says more.
    'seconds, least': row('seconds', (values) => Math.min(...values), 2),
    'CPU seconds, median': row('cpuSeconds', median, 2),
    'CPU seconds, least': row('cpuSeconds', (values) => Math.min(...values), 2),
    'reading and preparing, seconds, median': row('preparing', median, 2),
    'ROC AUC on March and April, mean': row('auc', mean, 4),
    // Of the first seed: later ones find the memory of those before them.
    'peak memory, MB': row('peak', ([first = NaN]) => first, 0),
  });
}
