/** Workspaces the tests open: small, on real data, each in a folder of its own. */
import { copyFile, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from '../../../scripts/paths.ts';

/** A colour theme of the editor, by what its workbench is marked with. */
export interface EditorTheme {
  readonly name: string;
  readonly title: string;
  readonly mark: string;
}

/** The last is the one that every test begins with. */
export const themes: readonly EditorTheme[] = [
  { name: 'light', title: 'Light Modern', mark: 'vs' },
  { name: 'high-contrast-light', title: 'Light High Contrast', mark: 'hc-light' },
  { name: 'high-contrast', title: 'Dark High Contrast', mark: 'hc-black' },
  { name: 'dark', title: 'Dark Modern', mark: 'vs-dark' },
];

/** A file of the npm package `vega-datasets`. */
export function realData(name: string): string {
  return join(root, 'node_modules', 'vega-datasets', 'data', name);
}

/** A new folder that holds the given texts, and copies of files. */
export async function makeWorkspace(files: Readonly<Record<string, string | { copyOf: string }>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'millwright-workspace-')));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (typeof content === 'string') await writeFile(path, content);
    else await copyFile(content.copyOf, path);
  }
  return folder;
}

/** Whether it rains in Seattle tomorrow: a whole life of a model that takes seconds. */
export const weatherProject = `name: seattle-weather
seed: 42
environment: development

datasets:
  weather:
    path: data/seattle-weather.csv
    time: date
  past: {from: weather, during: {before: 2015-01-01}}
  recent: {from: weather, during: {since: 2015-01-01}}

features:
  day:
    target: {rainy: "precipitation > 0"}
    numeric: [temp_max, temp_min, wind]
    cyclical:
      season: {value: "month(date)", period: 12}

stages:
  check: {uses: validate, dataset: past, features: day}
  train:
    uses: train
    dataset: past
    features: day
    trainer: gbdt
    params: {learning_rate: 0.1, max_iter: 60}
    threshold: {maximize: f1_score}
  evaluate:
    uses: evaluate
    model: train
    dataset: recent
    metrics: [roc_auc, log_loss, f1_score]
    baseline: majority
    gate: {roc_auc: {min: 0.6}}
  register: {uses: register, model: train, needs: [evaluate], name: seattle-weather, alias: challenger}
  predict: {uses: predict, model: train, dataset: recent, output: predictions.csv, needs: [register]}
`;

export async function weatherWorkspace(project = weatherProject): Promise<string> {
  return makeWorkspace({ 'millwright.yaml': project, 'data/seattle-weather.csv': { copyOf: realData('seattle-weather.csv') } });
}

/** A pipeline of commands, one of which takes its time. */
export function slowProject(seconds: number): string {
  return `name: slow
environment: development
stages:
  prepare: {run: python3 -c "print(1)"}
  wait:
    run: python3 -c "import time; print('waiting', flush=True); time.sleep(${String(seconds)})"
    needs: [prepare]
`;
}

/** The folder's name, as VS Code shows it. */
export function nameOf(workspace: string): string {
  return basename(workspace);
}
