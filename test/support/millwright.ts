/** Projects of `run` stages, run in this process or as a real `millwright` process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { stringify } from 'yaml';
import type { JobEvent } from '../../src/protocol/job.ts';
import type { PipelineResult } from '../../src/protocol/pipeline.ts';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import { runPipeline, type RunPipelineContext, type RunPipelineOptions } from '../../src/engine/pipeline/runPipeline.ts';

const cli = join(import.meta.dirname, '../../dist/cli.cjs');

/** Writes files into a project folder. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** Writes `millwright.yaml` with these stages. */
export function writeStages(root: string, stages: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): void {
  writeFiles(root, { 'millwright.yaml': stringify({ name: 'tiny', environment: 'development', ...more, stages }) });
}

/** A command that runs JavaScript on the Node of this test. */
export function nodeCommand(script: string): string {
  return `'${process.execPath}' -e "${script.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export type RunOverrides = Partial<Omit<RunPipelineOptions, 'project'>> & { readonly set?: Readonly<Record<string, string>> };

/** Runs the pipeline of a folder in this process. */
export async function run(root: string, { set, ...options }: RunOverrides = {}, context: RunPipelineContext = {}): Promise<PipelineResult> {
  const project = await requireProject(root, set === undefined ? {} : { overrides: set });
  const secrets = project.secrets.map(({ value }) => value);
  return runPipeline({ project, environment: 'development', command: ['run'], secrets, ...options }, context);
}

/** The outcome of each stage as `name: state`. */
export function states({ stages }: PipelineResult): Record<string, string> {
  return Object.fromEntries(stages.map(({ name, state }) => [name, state]));
}

/** Collects the events of a run. */
export function collectEvents(): { events: JobEvent[]; onEvent: (event: JobEvent) => void } {
  const events: JobEvent[] = [];
  return { events, onEvent: (event) => events.push(event) };
}

/** Starts `millwright <args>` as a process of its own. */
export function startMillwright(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ResultPromise {
  const options: Options = { cwd, env, reject: false, stdin: 'ignore' };
  return execa<Options>(process.execPath, ['--no-warnings', cli, ...args], options);
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, patienceMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await condition());) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Whether a process is there (and no zombie counts as one). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
