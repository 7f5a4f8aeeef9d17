/** The extension in a real VS Code: its size, its activation, what it costs the extension host during a run, and the way from a file to a training. */
import { chromium, type Browser } from '@playwright/test';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '../src/base/abort.ts';
import { openDuckdb } from '../src/engine/data/sql/duckdb.ts';
import { chromiumPath, startCodeServer, type CodeServer } from '../scripts/codeServer.ts';
import { packageIfChanged } from '../scripts/prepareExample.ts';
import { distFolder, root } from '../scripts/paths.ts';
import { Workbench } from '../test/workbench/support/workbench.ts';
import { makeWorkspace, realData, weatherWorkspace } from '../test/workbench/support/workspaces.ts';

const windows = 3;
const rows = 100_000;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds from one sample to the next. */
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
  readonly endTime: number;
}

interface HostCost {
  readonly seconds: number;
  readonly ourMs: number;
  readonly stretches: readonly number[];
  readonly longestOfAnyone: number;
}

/** What stacks with a frame of our bundles take. A stretch is our code without a pause: the loop's gap for everyone else. */
function costOf({ nodes, samples, timeDeltas, startTime, endTime }: Profile): HostCost {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, 'us' | 'others' | 'nobody' | 'collector'>();
  const visit = (id: number, inherited: boolean): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { functionName, url } = node.callFrame;
    const ours = inherited || /millwright[^/]*\/dist\/(extension|languageClient)\.cjs$/.test(url);
    const nobody = ['(idle)', '(root)', '(program)'].includes(functionName);
    owners.set(id, ours ? 'us' : functionName === '(garbage collector)' ? 'collector' : nobody ? 'nobody' : 'others');
    for (const child of node.children ?? []) visit(child, ours);
  };
  visit(nodes[0]?.id ?? 0, false);

  const stretches: number[] = [];
  let [current, busy, longestOfAnyone] = [0, 0, 0];
  for (const [index, id] of samples.entries()) {
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    const owner = owners.get(id);
    busy = owner === 'nobody' ? 0 : busy + ms;
    longestOfAnyone = Math.max(longestOfAnyone, busy);
    if (owner === 'us' || (owner === 'collector' && current > 0)) current += ms;
    else if (current > 0) {
      stretches.push(current);
      current = 0;
    }
  }
  return { seconds: (endTime - startTime) / 1e6, ourMs: stretches.reduce((sum, each) => sum + each, 0), stretches, longestOfAnyone };
}

async function openWindow(browser: Browser, server: CodeServer, workspace: string): Promise<Workbench> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const window = new Workbench(await context.newPage(), server.urlOf(workspace));
  await window.open();
  return window;
}

async function millwrightLogs(home: string): Promise<string> {
  const logs = join(home, 'data', 'logs');
  const names = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('Millwright.log')).sort();
  return (await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')))).join('\n');
}

async function activationTimes(home: string): Promise<number[]> {
  return [...(await millwrightLogs(home)).matchAll(/Activated in ([\d.]+) ms/g)].map((match) => Number(match[1]));
}

interface Inspector extends Disposable {
  readonly ask: (method: string, params?: object) => Promise<unknown>;
}

/** Opens the inspector of a Node process, which answers a SIGUSR1 with it. */
async function inspect(pid: number): Promise<Inspector> {
  process.kill(pid, 'SIGUSR1');
  const [target] = await untilItListens();
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve) => {
    socket.addEventListener('open', resolve, { once: true });
  });
  const answers = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    answers.get(id)?.(result);
  });
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    const id = answers.size;
    const answered = new Promise((resolve) => answers.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    return answered;
  };
  return {
    ask,
    [Symbol.dispose]: () => {
      socket.close();
    },
  };
}

async function untilItListens(): Promise<{ webSocketDebuggerUrl: string }[]> {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch('http://127.0.0.1:9229/json/list').catch((error: unknown) => {
      if (attempt > 50) throw error;
    });
    if (answer !== undefined) return (await answer.json()) as { webSocketDebuggerUrl: string }[];
    await delay(100);
  }
}

/** The extension host is the parent of the engine that it said it started last. */
async function extensionHost(home: string): Promise<number> {
  const engine = [...(await millwrightLogs(home)).matchAll(/Engine started, process (\d+)/g)].at(-1)?.[1] ?? '';
  const stat = await readFile(`/proc/${engine}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** The pipeline of the weather from its button, all five stages of it, the extension host sampled every 0.5 ms. */
async function measureRun(window: Workbench, home: string): Promise<HostCost> {
  await window.expectStage('predict', 'stale');
  using host = await inspect(await extensionHost(home));
  await host.ask('Profiler.enable');
  await host.ask('Profiler.setSamplingInterval', { interval: 500 });
  await host.ask('Profiler.start');
  await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
  await window.expectStage('predict', 'done', 300_000);
  const { profile } = (await host.ask('Profiler.stop')) as { profile: Profile };
  return costOf(profile);
}

/** From the menu of a file in the explorer to a training that runs. Every click on the way is a choice. */
async function measureTrainFromFile(window: Workbench): Promise<{ page: number; started: number; choices: number }> {
  const { page } = window;
  await page
    .locator('.activitybar')
    .getByRole('tab', { name: /^Explorer/ })
    .click();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'flights.csv' }).click({ button: 'right' });
  const entry = page.getByRole('menuitem', { name: /Train a Model from This File/ });
  await entry.waitFor();
  await delay(1000); // a menu that has just opened ignores clicks
  let choices = 0;
  const choose = async (click: () => Promise<void>): Promise<void> => {
    choices++;
    await click();
  };
  const began = performance.now();
  await choose(() => entry.click());
  const train = window.webview().locator('button.primary:not([disabled])', { hasText: 'Train' });
  await train.waitFor({ timeout: 300_000 });
  const proposed = performance.now();
  await choose(() => train.click());
  await choose(() => window.pick('development'));
  await window.webview().locator('progress').first().waitFor({ timeout: 300_000 });
  return { page: (proposed - began) / 1000, started: (performance.now() - began) / 1000, choices };
}

async function writeFlights(path: string, folder: string): Promise<void> {
  const source = realData('flights-3m.parquet');
  await using duckdb = await openDuckdb({ threads: 2, memoryBytes: 2 ** 30 }, { files: [source], folders: [folder] });
  await duckdb.query(`COPY (SELECT * FROM read_parquet('${source}') LIMIT ${String(rows)}) TO '${path}' (HEADER)`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const vsix = await packageIfChanged();
const home = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
const scratch: string[] = [home];
const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
try {
  const server = await startCodeServer({ workspace: home, vsix, home, env: { MILLWRIGHT_CONFIG_HOME: join(home, 'config') } });
  try {
    const weather = await weatherWorkspace();
    scratch.push(weather);
    for (let count = 1; count < windows; count++) {
      const early = await openWindow(browser, server, weather);
      await early.expectStage('predict', 'stale');
      await early.page.context().close();
    }
    const window = await openWindow(browser, server, weather);
    const run = await measureRun(window, home);
    await window.page.context().close();
    const times = await activationTimes(home);

    const flights = await makeWorkspace({ 'notes.txt': '' });
    scratch.push(flights);
    await writeFlights(join(flights, 'flights.csv'), flights);
    const way = await measureTrainFromFile(await openWindow(browser, server, flights));

    const bundle = join(distFolder, 'extension.cjs');
    const line = (what: string, figure: string): { what: string; figure: string } => ({ what, figure });
    console.table([
      line(`activation, median of ${String(times.length)} windows`, `${median(times).toFixed(1)} ms`),
      line('dist/extension.cjs, of 300 kB', existsSync(bundle) ? `${((await stat(bundle)).size / 1000).toFixed(0)} kB` : 'not built'),
      line('profiled run, seconds', run.seconds.toFixed(1)),
      line(
        'our code in the extension host during it',
        `${run.ourMs.toFixed(0)} ms (${((run.ourMs / run.seconds / 1000) * 100).toFixed(2)} %)`,
      ),
      line(`our code per task, median of ${String(run.stretches.length)}`, `${median(run.stretches).toFixed(1)} ms`),
      line('largest gap of the event loop that is ours', `${Math.max(0, ...run.stretches).toFixed(1)} ms`),
      line("largest gap that is anyone's", `${run.longestOfAnyone.toFixed(1)} ms`),
      line(`"Train a Model from This File", ${rows.toLocaleString('en')} rows: click to proposal`, `${way.page.toFixed(1)} s`),
      line('click to the training that runs', `${way.started.toFixed(1)} s`),
      line('choices on the way', String(way.choices)),
    ]);
  } finally {
    await server.stop();
  }
} finally {
  await browser.close();
  for (const folder of scratch) if (!folder.startsWith(root)) await rm(folder, { recursive: true, force: true });
}
