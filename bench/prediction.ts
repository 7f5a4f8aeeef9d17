/** Batch prediction of three million flights beside pandas and Python onnxruntime, on the same files: seconds, CPU seconds, ratio, peak memory. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { predictToFile } from '../src/engine/inference/prediction/predict.ts';
import type { TrainStage } from '../src/engine/project/definitions/stages/trainStage.ts';
import { requireProject } from '../src/engine/project/loadProject.ts';
import { trainModel } from '../src/engine/training/trainModel.ts';
import { ensurePythonEnvironment } from '../scripts/pythonEnvironments.ts';
import { flightContext, flightProject, flightsFile, winter, winterTraining } from '../test/support/flights.ts';

const repetitions = 3;

/** Reads, predicts all rows in one call or in batches, writes; imports are not counted. */
const python = `
import sys, time, resource, json
import numpy as np, pandas as pd, onnxruntime as ort
source, model, target, batch = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
began = time.perf_counter()
used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
options = ort.SessionOptions()
options.intra_op_num_threads = ${flightContext.budget.threads}
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
inputs = session.get_inputs()
frame = pd.read_parquet(source, columns=[i.name for i in inputs])
def values(name, kind):
    column = frame[name]
    if kind == "tensor(string)":
        return column.astype(object).to_numpy().reshape(-1, 1)
    if kind == "tensor(int64)":
        return column.to_numpy().astype("datetime64[us]").astype(np.int64).reshape(-1, 1)
    return column.to_numpy(np.float64).reshape(-1, 1)
feeds = {i.name: values(i.name, i.type) for i in inputs}
rows = len(frame)
step = batch or rows
parts = [session.run(None, {k: v[s : s + step] for k, v in feeds.items()}) for s in range(0, rows, step)]
label = np.concatenate([p[0] for p in parts]).reshape(-1)
probability = np.concatenate([p[1][:, 1] for p in parts])
pd.DataFrame({"prediction": label, "probability": probability}).to_parquet(target)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": time.perf_counter() - began, "cpuSeconds": usage.ru_utime + usage.ru_stime - used, "peak": usage.ru_maxrss / 1024}))
`;

const compare = `
import sys, json, pandas as pd
ours, theirs = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
print(json.dumps({"labels": int((ours.prediction != theirs.prediction).sum()), "largest": float((ours.probability - theirs.probability).abs().max())}))
`;

/** From opening the files to the written file, and the peak memory of the whole process in MB. */
interface Measured {
  readonly seconds: number;
  /** In user code and the system's, whatever else the machine was doing. */
  readonly cpuSeconds: number;
  readonly peak: number;
}

const [only, folderOfChild] = process.argv.slice(2);
if (only === 'predict' && folderOfChild !== undefined) console.log(JSON.stringify(await predictHere(folderOfChild)));
else await measureAll();

async function measureAll(): Promise<void> {
  const { python: interpreter } = await ensurePythonEnvironment('mlflow-newest');
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
  const run = async <T>(command: string, args: readonly string[]): Promise<T> =>
    JSON.parse((await runCommand(command, args, { timeoutMs: 1_800_000 })).stdout) as T;
  try {
    await writeFile(join(folder, 'millwright.yaml'), flightProject(winter, winterTraining));
    const model = await trainHere(folder);
    const ask = async (batch: number): Promise<Measured> =>
      run(interpreter, ['-c', python, flightsFile, model, join(folder, 'python.parquet'), String(batch)]);
    const measured: Record<'ours' | 'whole' | 'batches', Measured[]> = { ours: [], whole: [], batches: [] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      measured.ours.push(await run(process.execPath, ['--no-warnings', import.meta.filename, 'predict', folder]));
      measured.whole.push(await ask(0));
      measured.batches.push(await ask(65_536));
    }
    const compared = [join(folder, 'predictions.parquet'), join(folder, 'python.parquet')];
    report(measured, await run(interpreter, ['-c', compare, ...compared]));
    const [ours, theirs] = await Promise.all(compared.map(async (path) => (await stat(path)).size / 1e6));
    console.log(`Files: ours ${ours?.toFixed(1) ?? ''} MB, pandas' ${theirs?.toFixed(1) ?? ''} MB.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the path of `model.onnx` */
async function trainHere(folder: string): Promise<string> {
  const project = await requireProject(folder, {});
  const stage = project.stages.train as TrainStage;
  const outputFolder = join(folder, 'model');
  await trainModel({ project, stage, asOf: new Date(), outputFolder, onRound: () => undefined }, flightContext);
  return join(outputFolder, 'model.onnx');
}

async function predictHere(folder: string): Promise<Measured> {
  const project = await requireProject(folder, {});
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const output = join(folder, 'predictions.parquet');
  await predictToFile({ project, dataset: 'flights', modelFolder: join(folder, 'model'), output, asOf: new Date() }, flightContext);
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  };
}

function report(
  measured: Record<'ours' | 'whole' | 'batches', Measured[]>,
  { labels, largest }: { readonly labels: number; readonly largest: number },
): void {
  const middle = (runs: readonly Measured[], what: keyof Measured): number =>
    runs.map((one) => one[what]).sort((a, b) => a - b)[runs.length >> 1] ?? NaN;
  const ours = middle(measured.ours, 'seconds');
  const row = (runs: readonly Measured[]): object => ({
    seconds: middle(runs, 'seconds').toFixed(1),
    'rows/s': Math.round(3_000_000 / middle(runs, 'seconds')).toLocaleString('en'),
    'peak MB': Math.round(middle(runs, 'peak')),
    'CPU seconds': middle(runs, 'cpuSeconds').toFixed(1),
    'ours / theirs': (ours / middle(runs, 'seconds')).toFixed(2),
  });
  console.log(`Three million flights, Parquet to Parquet, ${flightContext.budget.threads} threads, medians of ${repetitions}:`);
  console.table({
    Millwright: row(measured.ours),
    'pandas + onnxruntime, all rows at once': row(measured.whole),
    'pandas + onnxruntime, batches of 65,536': row(measured.batches),
  });
  console.log(`${labels} of 3,000,000 labels differ; the largest difference of a probability is ${largest.toExponential(1)}.`);
}
