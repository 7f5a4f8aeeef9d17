/** A model that Millwright trained is loaded by real MLflow through the registry, and MLflow's own page shows its run. */
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delay } from '../../src/base/abort.ts';
import { startCommand } from '../../src/base/process.ts';
import { ensureChromium } from '../../scripts/codeServer.ts';
import { ensurePythonEnvironment } from '../../scripts/pythonEnvironments.ts';
import { makeFlightModel, type FlightModel } from '../support/flightModel.ts';
import { makeFolder } from '../support/project.ts';
import { runPython, storeSettings } from '../support/python.ts';

const root = makeFolder('model');
let made: FlightModel;
beforeAll(async () => {
  made = await makeFlightModel(root);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Comparison {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly our_columns: readonly string[];
  readonly labels_differ: number;
  readonly largest_difference: number;
  readonly spread: number;
  readonly signature: readonly string[];
  readonly run_id: string;
}

describe('mlflow.pyfunc', () => {
  // MLflow 2.22 first: the newest upgrades the file, after which 2.22 refuses it.
  it.each(['mlflow-2', 'mlflow-newest'] as const)(
    'of %s predicts the same numbers by models:/flight-delays@challenger',
    async (environment) => {
      const args = ['models:/flight-delays@challenger', made.predictions, 'date,distance,origin,destination'];
      const comparison = await runPython<Comparison>(environment, 'predict.py', { cwd: root, args });
      expect(comparison.rows).toBeGreaterThan(10_000);
      expect(comparison.columns).toEqual(['prediction', 'probability']);
      expect(comparison.signature.toSorted()).toEqual(['date', 'destination', 'distance', 'origin']);
      expect(comparison.run_id).toBe(made.runId);
      expect(comparison.labels_differ).toBe(0);
      expect(comparison.largest_difference).toBeLessThan(1e-6);
      expect(comparison.spread).toBeGreaterThan(0.2);
    },
  );
});

describe('the web page of the newest MLflow, started in the folder with no word about the store', () => {
  it('shows the run, its metrics, its model and the registered version', async () => {
    const server = await startMlflowServer();
    const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1500 } });
      const open = async (path: string): Promise<void> => {
        await page.goto(`${server.origin}/#/${path}?workflowType=machine_learning`);
      };
      await open(`experiments/1/runs/${made.runId}`);
      await showsTexts(page, ['Finished', 'millwright run train', 'january', 'Registered models', 'validation_log_loss', 'max_iter']);
      await keepScreenshot(page, 'mlflow-run');
      await open(`experiments/1/runs/${made.runId}/model-metrics`);
      await page.locator('.js-plotly-plot .scatterlayer .trace').nth(1).waitFor({ timeout: patienceMs });
      await showsTexts(page, ['training_log_loss', 'validation_log_loss']);
      await keepScreenshot(page, 'mlflow-run-metrics');
      await open(`experiments/1/runs/${made.runId}/artifacts/model`);
      await showsTexts(page, ['MLmodel', 'model.onnx', 'Model schema']);
      await keepScreenshot(page, 'mlflow-run-artifacts');
      await open('models/flight-delays');
      await showsTexts(page, ['Version 1', 'challenger']);
      await keepScreenshot(page, 'mlflow-model');
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

/** For a machine that is busy with other suites. */
const patienceMs = 180_000;

async function showsTexts(page: Page, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: patienceMs });
  }
}

async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(import.meta.dirname, '../../test-results/screens');
  mkdirSync(folder, { recursive: true });
  await delay(1500); // what slides in has come to rest; the page never stops asking its server
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function startMlflowServer(): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
  const { command } = await ensurePythonEnvironment('mlflow-newest');
  const port = await freePort();
  const output: string[] = [];
  const keep = (chunk: Buffer): void => {
    output.push(chunk.toString());
  };
  const env = storeSettings('mlflow-newest');
  const server = await startCommand(command('mlflow'), ['server', '--port', String(port), '--workers', '1'], {
    cwd: root,
    env,
    onStdout: keep,
    onStderr: keep,
  });
  const origin = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => server.stop();
  const deadline = Date.now() + 240_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${origin}/health`).catch(() => undefined); // not listening yet
    if (answer?.ok === true) return { origin, stop };
    await delay(300);
  }
  await stop();
  throw new Error(`mlflow server did not answer within four minutes\n${output.join('')}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
