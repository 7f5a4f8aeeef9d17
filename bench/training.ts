/** Boosting and batch prediction on the winter flights beside scikit-learn, in one session: seconds, ratio, ROC AUC, peak memory. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import type { Chunk } from '../src/engine/data/columns.ts';
import { openDataset } from '../src/engine/data/openDataset.ts';
import { predictToFile } from '../src/engine/inference/predict.ts';
import { openModel } from '../src/engine/inference/openModel.ts';
import type { TrainStage } from '../src/engine/project/definitions/stage.ts';
import { requireProject } from '../src/engine/project/loadProject.ts';
import { trainModel } from '../src/engine/training/trainModel.ts';
import type { StageContext } from '../src/protocol/stageContext.ts';
import { ensurePythonEnvironment } from '../scripts/pythonEnvironments.ts';

const data = join(import.meta.dirname, '..', 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
const threads = 2;

/** Every winter row but one moment's teaches, as with scikit-learn beside it. */
const yaml = `name: bench
environment: development
datasets:
  flights: {path: flights.parquet, time: date, columns: {origin: {type: category}, destination: {type: category}}}
  winter: {from: flights, during: {before: 2001-03-01}}
  spring: {from: flights, during: {since: 2001-03-01, before: 2001-05-01}}
features:
  flight:
    target: {late: "delay > 15"}
    numeric: [distance]
    categorical: [origin, destination]
    cyclical:
      hour: {value: "hour(date) + minute(date) / 60.0", period: 24}
      weekday: {value: "dayofweek(date)", period: 7}
stages:
  train: {uses: train, dataset: winter, features: flight, validation: {split: random, share: 0.000001}}
`;

const python = `
import sys, time, resource, json
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
flights = pd.read_parquet(sys.argv[1])
def columns(frame):
    hour = (frame.date.dt.hour + frame.date.dt.minute / 60).to_numpy() * 2 * np.pi / 24
    weekday = ((frame.date.dt.day_of_week + 1) % 7).to_numpy() * 2 * np.pi / 7
    places = [frame[name].astype(str).map(codes[name]).to_numpy() for name in codes]
    return np.c_[frame.distance, np.sin(hour), np.cos(hour), np.sin(weekday), np.cos(weekday), *places]
winter = flights[flights.date < "2001-03-01"]
spring = flights[(flights.date >= "2001-03-01") & (flights.date < "2001-05-01")]
codes = {name: {level: code for code, level in enumerate(sorted(winter[name].astype(str).unique()))} for name in ("origin", "destination")}
x, y = columns(winter), winter.delay > 15
model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=31, learning_rate=0.1, early_stopping=False, random_state=0, categorical_features=[5, 6])
began = time.perf_counter()
model.fit(x, y)
seconds = time.perf_counter() - began
auc = roc_auc_score(spring.delay > 15, model.predict_proba(columns(spring))[:, 1])
print(json.dumps({"seconds": seconds, "auc": auc, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
`;

const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
try {
  await symlink(data, join(folder, 'flights.parquet'));
  await writeFile(join(folder, 'millwright.yaml'), yaml);
  const project = await requireProject(folder, {});
  const context: StageContext = {
    signal: new AbortController().signal,
    budget: { threads, memoryBytes: 1.5 * 2 ** 30 },
    log: () => undefined,
    progress: () => undefined,
  };
  const began = performance.now();
  let firstRound = began;
  let lastRound = began;
  const stage = project.stages.train as TrainStage;
  const onRound = ({ step }: { step: number }): void => {
    lastRound = performance.now();
    if (step === 1) firstRound = lastRound;
  };
  const trained = await trainModel({ project, stage, asOf: new Date(), outputFolder: join(folder, 'model'), onRound }, context);
  const wholeStage = (performance.now() - began) / 1000;
  const boosting = ((lastRound - firstRound) / 1000) * (100 / 99);
  const auc = await springAuc();
  const predicting = performance.now();
  const { rows } = await predictToFile(
    { project, dataset: 'flights', modelFolder: trained.folder, output: join(folder, 'predictions.parquet'), asOf: new Date() },
    context,
  );
  const seconds = (performance.now() - predicting) / 1000;

  const environment = await ensurePythonEnvironment('mlflow-newest');
  const peer = JSON.parse((await runCommand(environment.python, ['-c', python, data], { timeoutMs: 1_800_000 })).stdout) as {
    seconds: number;
    auc: number;
    peak: number;
  };
  console.table([
    {
      what: 'boosting, 100 trees × 31 leaves',
      ours: boosting.toFixed(1),
      peer: peer.seconds.toFixed(1),
      ratio: (boosting / peer.seconds).toFixed(2),
    },
    { what: 'ROC AUC on March and April', ours: auc.toFixed(4), peer: peer.auc.toFixed(4), ratio: '' },
    {
      what: 'peak memory, MB',
      ours: String(Math.round(process.resourceUsage().maxRSS / 1024)),
      peer: String(Math.round(peer.peak)),
      ratio: '',
    },
    { what: 'whole stage, seconds', ours: wholeStage.toFixed(1), peer: '', ratio: '' },
    { what: `prediction of ${rows} rows, rows/s`, ours: Math.round(rows / seconds).toLocaleString('en'), peer: '', ratio: '' },
  ]);

  async function springAuc(): Promise<number> {
    await using model = await openModel(trained.folder, { threads });
    await using reader = await openDataset(project, 'spring', { asOf: new Date(), budget: context.budget });
    const scored: { score: number; late: boolean }[] = [];
    const columns = model.description.inputs.map(({ name }) => name);
    for await (const chunk of reader.chunks({ columns, expressions: { late: 'delay > 15' } })) scored.push(...(await scoreChunk(chunk)));
    return areaUnderCurve(scored);

    async function scoreChunk(chunk: Chunk): Promise<{ score: number; late: boolean }[]> {
      const { scores } = await model.score(chunk);
      const late = chunk.columns.late;
      return Array.from({ length: chunk.rows }, (_, row) => ({ score: scores[row * 2 + 1] ?? 0, late: late?.values[row] === 1 }));
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** By ranks, ties at their mean rank (Mann and Whitney). */
function areaUnderCurve(scored: { score: number; late: boolean }[]): number {
  scored.sort((a, b) => a.score - b.score);
  let [rankSum, positives] = [0, 0];
  for (let start = 0; start < scored.length;) {
    let end = start;
    while (end < scored.length && scored[end]?.score === scored[start]?.score) end++;
    const late = scored.slice(start, end).filter((row) => row.late).length;
    rankSum += (late * (start + 1 + end)) / 2;
    positives += late;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (scored.length - positives));
}
