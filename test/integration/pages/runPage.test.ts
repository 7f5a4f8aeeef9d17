/** The page of a run in a real browser: as an exported file, and growing in a webview's place with a real connection. */
import { describe, expect, test } from 'vitest';
import { remote, serve } from '../../../src/protocol/contracts/connection.ts';
import { runPageEvents, runPageRequests, type ReadyReports } from '../../../src/protocol/pages/pageContract.ts';
import type { RunSheet } from '../../../src/protocol/run.ts';
import { buildPages, cutTables, faintTexts, openExported, openWebview, tabStops, type WatchedTab } from '../../support/pages.ts';
import { aCurve, aRunOverview, aRunSheet } from '../../support/runSheet.ts';

const pages = buildPages();
const readAt = Date.UTC(2026, 0, 2, 3, 5, 0);

function viewOf(sheet: RunSheet, repair?: string): ReadyReports['run'] {
  return { sheet, project: 'rain', readAt, repair };
}

async function openRun(sheet: RunSheet, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedTab> {
  return openExported(pages, { page: 'run', view: viewOf(sheet) }, colorScheme);
}

const failed = aRunSheet({
  run: aRunOverview({
    status: 'FAILED',
    failure: { code: 'training.tooFewRows', kind: 'input', message: 'There are <b>3</b> rows.', remedy: 'Take at least 20.' },
  }),
  curves: [],
  evaluations: [],
  before: undefined,
});

describe('the exported file', () => {
  test('says what came of a run in its first line, whatever that is', async () => {
    const states = new Map<RunSheet, string | RegExp>([
      [aRunSheet(), 'Better than always predicting the mean.'],
      [aRunSheet({ evaluations: [] }), /^Finished\. No evaluation/],
      [failed, 'There are <b>3</b> rows.'],
      [aRunSheet({ run: aRunOverview({ status: 'KILLED' }) }), /^Cancelled before/],
      [aRunSheet({ run: aRunOverview({ status: 'RUNNING', endedAt: undefined }), curves: [], evaluations: [] }), 'Starting…'],
    ]);
    for (const [sheet, words] of states) {
      const { page, faults } = await openRun(sheet);
      await page.locator('.verdict').getByText(words).waitFor();
      expect(await page.locator('main').innerText()).not.toMatch(/NaN|undefined|Infinity/);
      expect(faults).toEqual([]);
    }
  });

  test('shows what other programs logged: figures without a number, models, where data came from', async () => {
    const model = {
      id: 'm-1',
      name: 'clf',
      role: 'output',
      status: 'READY',
      type: undefined,
      artifactUri: '/a',
      params: {},
      metrics: {},
    } as const;
    const source = '{"tags": {"mlflow.source.name": "/home/u/mk3.py"}}';
    const input = { name: 'iris', digest: 'd1', sourceType: 'code', source, schema: undefined, profile: undefined, context: 'training' };
    const metrics = { lost: NaN, up: Infinity, down: -Infinity };
    const { page, faults } = await openRun(aRunSheet({ run: aRunOverview({ metrics, models: [model], inputs: [input] }), curves: [] }));
    const rows = page.getByRole('table', { name: 'Metrics by the data they were measured on' }).getByRole('row');
    expect((await rows.allInnerTexts()).slice(1).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual(['down −∞', 'lost –', 'up ∞']);
    await page.getByText('clf · m-1').waitFor();
    await page.getByText('mk3.py').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('mlflow.source.name');
    expect(faults).toEqual([]);
  });

  test('shows the chart with its table, what was changed and what came of it', async () => {
    const { page, faults } = await openRun(aRunSheet({ hints: ['Validation was still improving.'] }));
    expect(await page.title()).toBe('train · learning_rate 0.1 → 0.05 – rain');
    await page.getByRole('img', { name: /^training_log_loss is 0\.0775 at round 60; validation_log_loss is / }).waitFor();
    await page.getByRole('button', { name: 'log_loss by round as a table' }).click();
    expect(await page.getByRole('table', { name: 'log_loss by round' }).getByRole('row').count()).toBe(61);
    const changes = page.getByRole('region', { name: 'Changed since the run before' });
    expect(await changes.getByRole('row').nth(1).innerText()).toMatch(/learning_rate\s+0\.1\s+0\.05\s+learning_rate 0\.1 → 0\.05/);
    expect(await changes.innerText()).toContain('roc_auc went from 0.7500 to 0.7800 (+0.0300).');
    await page.getByText('Validation was still improving.').waitFor();
    const metrics = page.getByRole('table', { name: 'Metrics by the data they were measured on' });
    expect(await metrics.getByRole('columnheader').allTextContents()).toEqual(['Metric', 'training', 'validation', 'evaluate']);
    expect(faults).toEqual([]);
  });

  test('says how many points it hides, and lets another quantity be chosen', async () => {
    const other = { quantity: 'roc_auc', curves: [aCurve('validation_roc_auc', 0.9, 20)], hidden: 0 };
    const curves = [{ quantity: 'log_loss', curves: [aCurve('training_log_loss', 1, 600)], hidden: 12_400 }, other];
    const { page } = await openRun(aRunSheet({ curves }));
    await page.getByText('+ 12,400 points hidden').waitFor();
    await page.getByLabel('Quantity').selectOption('roc_auc');
    await page.getByRole('img', { name: /^validation_roc_auc is / }).waitFor();
  });

  test('fits a narrow window, shows every table whole or that it goes on, and is readable in light and dark', async () => {
    const long = 'features.numeric';
    const run = aRunOverview({
      name: 'train '.repeat(30),
      metrics: aRunSheet().run.metrics,
      changes: [{ name: long, before: JSON.stringify(['a'.repeat(90)]), after: JSON.stringify(['b'.repeat(90)]) }],
    });
    for (const scheme of ['light', 'dark'] as const) {
      const { page, faults } = await openRun(aRunSheet({ run }), scheme);
      expect(await faintTexts(page)).toEqual([]);
      for (const width of [1400, 900, 400]) {
        await page.setViewportSize({ width, height: 800 });
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await expect.poll(() => cutTables(page)).toEqual([]);
      }
      expect(faults).toEqual([]);
    }
  });

  test('is walked through by keyboard, from above to below', async () => {
    const { page } = await openRun(aRunSheet());
    const stops = await tabStops(page);
    const expected = ['log_loss by round as a table', 'What', 'Metric', 'Copy the run id'];
    expect(expected.map((name) => stops.indexOf(name))).toEqual(expected.map((name) => stops.indexOf(name)).toSorted((a, b) => a - b));
    expect(stops).toEqual(expect.arrayContaining(expected));
  });
});

test('in a webview its curves grow, and its buttons ask the host', async () => {
  const asked: string[] = [];
  const { connection, load, page, faults, kept } = await openWebview(pages, { page: 'run' });
  const answer = (question: string): null => {
    asked.push(question);
    return null;
  };
  serve(connection, runPageRequests, {
    ready: () => ({ revision: 1, view: { state: 'loading' } as const, keep: { runId: 'r' } }),
    exportHtml: () => answer('export'),
    copy: ({ text }) => answer(text),
    reveal: ({ what }) => answer(what),
  });
  const events = remote(connection, runPageEvents);
  await load();
  await expect.poll(() => kept).toEqual([{ runId: 'r' }]);
  const running = (rounds: number): ReadyReports['run'] =>
    viewOf(
      aRunSheet({
        run: aRunOverview({ status: 'RUNNING', endedAt: undefined }),
        evaluations: [],
        progress: { message: `Round ${String(rounds)} of 300`, fraction: rounds / 300, remainingMs: 9000 },
        curves: rounds < 2 ? [] : [{ quantity: 'log_loss', curves: [aCurve('validation_log_loss', 0.7, rounds)], hidden: 0 }],
      }),
    );
  events.snapshot({ revision: 2, view: { state: 'ready', ...running(1) } });
  await page.getByText('Round 1 of 300 · 0.3 % · 9.0 s left').waitFor();
  await page.getByText('They appear with the second round.').waitFor();
  events.snapshot({ revision: 3, view: { state: 'ready', ...running(40) } });
  await page.getByRole('img', { name: /at round 40\.$/ }).waitFor();
  events.snapshot({ revision: 4, view: { state: 'ready', ...running(41) } });
  await page.getByRole('img', { name: /at round 41\.$/ }).waitFor();

  events.snapshot({ revision: 5, view: { state: 'ready', ...viewOf(failed, 'Take 20 Rows') } });
  await page.getByRole('button', { name: 'Take 20 Rows' }).click();
  events.snapshot({ revision: 6, view: { state: 'ready', ...viewOf(aRunSheet()) } });
  await page.getByRole('button', { name: 'Open the evaluation report' }).click();
  await page.getByRole('button', { name: 'Open it' }).click();
  await page.getByRole('button', { name: 'Export as HTML' }).click();
  await expect.poll(() => asked).toEqual(['repair', 'report', 'before', 'export']);
  expect(faults).toEqual([]);
});
