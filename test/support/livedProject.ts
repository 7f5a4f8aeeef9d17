/** A project in which everything has happened once: each kind of file that Millwright reads or writes lies in it. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readAuditLog } from '../../src/engine/safety/auditLog.ts';
import { startCommandHost, type CommandHost } from './commandHost.ts';
import { nodeCommand, writeFiles } from './millwright.ts';
import { makeFolder } from './project.ts';

export interface LivedProject extends AsyncDisposable {
  /** Holds the project and nothing of it: what lies here beside it must not change. */
  readonly base: string;
  readonly root: string;
  readonly host: CommandHost;
  readonly env: Readonly<Record<string, string>>;
  /** The audit line of the last prediction into `scored.csv`, which replaced an earlier one: its undo has kept files. */
  readonly predictionLine: number;
  /** Everything as it was when the project was made, at the same place: marks and locations hold. */
  readonly reset: () => void;
}

const files: Readonly<Record<string, string>> = {
  'params.yaml': 'max_iter: 20\n',
  'names.env': 'TOKEN=abcdef\n',
  'millwright.yaml': `name: tiny
environment: development
params: params.yaml
datasets:
  all: {path: data.csv}
  learn: {from: all, where: "id < 120"}
  test: {from: all, where: "id >= 120"}
features:
  f: {target: late, numeric: [x], categorical: [c]}
stages:
  check: {uses: validate, dataset: learn, features: f}
  train: {uses: train, dataset: learn, features: f, params: {max_iter: "\${params.max_iter}"}}
  evaluate: {uses: evaluate, model: train, dataset: test}
  register: {uses: register, model: train, needs: [evaluate], name: tiny, alias: challenger}
  predict: {uses: predict, model: tiny@challenger, dataset: test, output: out.csv, needs: [register]}
  own: {run: ${JSON.stringify(nodeCommand("require('fs').writeFileSync('made.txt', 'made')"))}, outs: [made.txt], env_file: names.env}
`,
};

/** Rows to predict for, of which the last is rejected: it has no number where the model wants one. */
const fewRows = 'id,x,c\n1,0.5,a\n2,0.25,b\n3,much,c\n';

function rows(): string {
  const lines = Array.from({ length: 200 }, (_, id) => {
    const x = ((id * 7919) % 1000) / 1000;
    return `${id},${x},${'abc'[id % 3]},${x + (id % 7) / 20 > 0.6 ? 1 : 0}`;
  });
  return ['id,x,c,late', ...lines, ''].join('\n');
}

/** The project before anything has happened in it: a pipeline of every kind of stage. */
export function writeTinyPipeline(root: string): void {
  writeFiles(root, { ...files, 'data.csv': rows(), 'rows.csv': fewRows });
}

export const predictArguments = ['predict', '--model', 'tiny@challenger', '--data', 'rows.csv', '--output', 'scored.csv'];

export async function makeLivedProject(): Promise<LivedProject> {
  const base = makeFolder('lived');
  const [root, home, kept] = [join(base, 'project'), join(base, 'home'), join(base, 'kept')];
  const env = { MILLWRIGHT_CONFIG_HOME: home };
  const host = startCommandHost(env);
  mkdirSync(root);
  writeTinyPipeline(root);
  const succeed = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await host.run(root, args);
    if (exitCode !== 0) throw new Error(`millwright ${args.join(' ')} ended with ${exitCode}: ${stderr}\n${stdout}`);
  };
  await succeed('run');
  await succeed(...predictArguments);
  writeFiles(root, { 'rows.csv': fewRows.replace('0.25', '0.75') });
  await succeed(...predictArguments);
  await succeed('models', 'alias', 'tiny', 'champion', '1');
  const lines = await readAuditLog(root);
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  };
  for (const folder of [root, home]) copy(folder, join(kept, folder.slice(base.length)));
  return {
    base,
    root,
    host,
    env,
    predictionLine: lines.findLast(({ entry }) => entry.operation === 'predict')?.line ?? 0,
    reset() {
      for (const folder of [root, home]) copy(join(kept, folder.slice(base.length)), folder);
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
