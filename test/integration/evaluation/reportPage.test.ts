/** The report page in a real browser: as an exported file, and in a webview's place with a real connection. */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { measure } from '../../../src/engine/evaluation/measure.ts';
import { usualMetrics } from '../../../src/engine/evaluation/metricDefinitions.ts';
import type { Predictions } from '../../../src/engine/evaluation/predictions.ts';
import { SegmentColumn } from '../../../src/engine/evaluation/segmentColumn.ts';
import { remote, serve } from '../../../src/protocol/connection.ts';
import type { EvaluationReport, Task } from '../../../src/protocol/evaluation.ts';
import { reportPageEvents, reportPageRequests, type ReportView } from '../../../src/protocol/pageContract.ts';
import { buildPages, openExported, openWebview, type WatchedTab } from '../../support/pages.ts';

const hostile = `</script><img src=x onerror="document.title='owned'">'"&`;
const rows = 400;

const pages = buildPages();

function predictionsOf(task: Task): Predictions {
  const random = createRandom(3);
  const scores = Float32Array.from({ length: rows }, () => random.nextFloat());
  switch (task) {
    case 'binary':
      return { task, scores, truth: Uint8Array.from(scores, (score) => Number(random.nextFloat() < score)), threshold: 0.5 };
    case 'regression':
      return { task, scores, truth: Float64Array.from(scores, (score) => score + random.nextFloat()) };
    case 'multiclass':
      return {
        task,
        classes: 3,
        truth: Int32Array.from(scores, (score) => Math.floor(score * 3)),
        scores: Float32Array.from({ length: rows * 3 }, () => random.nextFloat()),
      };
  }
}

async function reportOf(task: Task): Promise<EvaluationReport> {
  const predictions = predictionsOf(task);
  const classes = { binary: ['no', hostile], multiclass: ['a', 'b', hostile], regression: [] }[task];
  const segment = new SegmentColumn(`origin ${hostile}`, rows);
  segment.append({ kind: 'text', values: Array.from({ length: rows }, (_, row) => (row % 40 === 0 ? hostile : `airport ${row % 40}`)) }, 0);
  const description = {
    version: 1,
    digest: 'ab'.repeat(32),
    task,
    target: `late ${hostile}`,
    targetExpression: undefined,
    classes,
    threshold: undefined,
    inputs: [],
    trainer: 'gbdt',
    importance: [
      { feature: hostile, share: 0.7 },
      { feature: 'hour', share: 0.3 },
    ],
  } as const;
  const measured = await measure(
    {
      predictions,
      description,
      metrics: usualMetrics(task),
      baseline: task === 'regression' ? { kind: 'mean', name: 'mean' } : { kind: 'majority', name: 'majority' },
      others: new Map(),
      segments: [segment],
      gate: task === 'binary' ? { roc_auc: { min: 0.5 } } : {},
      seed: 1,
      dataset: 'spring',
    },
    {
      signal: new AbortController().signal,
      budget: { threads: 1, memoryBytes: 2 ** 30 },
      log: () => undefined,
      progress: () => undefined,
    },
  );
  return {
    version: 2,
    task,
    stage: 'evaluate',
    dataset: 'spring',
    datasetDigest: 'cd'.repeat(32),
    target: description.target,
    classes,
    threshold: task === 'binary' ? 0.5 : undefined,
    thresholdChoice: undefined,
    sampleWeight: undefined,
    ...measured,
    importance: description.importance,
    data: undefined,
    leakage: [],
    notes: [],
    runId: 'ef'.repeat(16),
    model: { path: 'models/late', digest: description.digest },
    predictionColumns: [],
  };
}

async function openReport(task: Task, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedTab> {
  return openExported(pages, { page: 'report', view: { report: await reportOf(task), project: 'flights', evaluatedAt: 0, repeats: [] } }, colorScheme);
}

describe('the exported file', () => {
  test.each(['binary', 'multiclass', 'regression'] as const)('shows a %s report without a fault, in light and dark', async (task) => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page, faults } = await openReport(task, scheme);
      await page.waitForLoadState('networkidle');
      expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toContain('Metrics');
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(31, 31, 31)');
      expect(faults).toEqual([]);
    }
  });

  test('shows hostile names as they are', async () => {
    const { page, faults } = await openReport('binary');
    await expect.poll(() => page.title()).toBe('evaluate – flights');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(hostile);
    expect(
      await page
        .getByRole('cell', { name: hostile })
        .or(page.getByRole('rowheader', { name: hostile }))
        .count(),
    ).toBeGreaterThan(2);
    expect(faults).toEqual([]);
  });

  test('lets nothing run that it did not bring', async () => {
    const { page, faults } = await openReport('binary');
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<p style="color: red">styled</p><img src="http://elsewhere.test/a.png">');
    });
    const refused = (): string[] => [
      ...new Set(faults.filter((fault) => fault.startsWith('policy: ')).map((fault) => fault.split(' ')[1] ?? '')),
    ];
    await expect.poll(() => refused().toSorted()).toEqual(['img-src', 'script-src-elem', 'style-src-attr']);
    expect(await page.title()).toBe('evaluate – flights');
  });

  test('names every chart, and has the same numbers in a table behind a button', async () => {
    const { page, faults } = await openReport('binary');
    const charts = page.locator('[role=img]');
    expect(await charts.count()).toBe(4);
    for (const chart of await charts.all()) {
      expect((await chart.getAttribute('aria-label'))?.length).toBeGreaterThan(30);
      expect(await chart.locator('canvas').count()).toBe(1);
    }
    const toggle = page.getByRole('button', { name: 'ROC as a table' });
    await toggle.focus();
    await page.keyboard.press('Enter');
    expect(await toggle.getAttribute('aria-pressed')).toBe('true');
    const table = page.getByRole('table', { name: 'Points of the ROC curve' });
    expect(await table.getByRole('row').count()).toBeGreaterThan(100);
    expect(await table.getByRole('row').nth(1).textContent()).toBe('0.00000.0000');
    await page.keyboard.press('Enter');
    expect(await charts.count()).toBe(4);
    expect(faults).toEqual([]);
  });

  test('sorts its tables, and draws only the rows in view of a long one', async () => {
    const { page, faults } = await openReport('binary');
    const segments = page.getByRole('table', { name: /^roc_auc by origin/ });
    expect(await segments.getAttribute('aria-rowcount')).toBe('41');
    expect(await segments.getByRole('row').count()).toBeLessThan(41);
    await segments.getByRole('button', { name: /^origin/ }).click();
    expect(await segments.getByRole('columnheader').first().getAttribute('aria-sort')).toBe('ascending');
    const first = await segments.getByRole('rowheader').first().textContent();
    expect([hostile, 'airport 1']).toContain(first);
    expect(faults).toEqual([]);
  });

  test('fits a narrow window without scrolling sideways', async () => {
    const { page, faults } = await openReport('binary');
    await page.setViewportSize({ width: 400, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    expect(faults).toEqual([]);
  });

  test('offers nothing that only the editor can do', async () => {
    const { page } = await openReport('binary');
    expect(await page.getByRole('button', { name: 'Export as HTML' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Show the stage' }).count()).toBe(0);
  });
});

describe('in a webview', () => {
  interface WebviewHost {
    readonly page: Page;
    readonly faults: string[];
    readonly asked: string[];
    readonly kept: unknown[];
    readonly show: (revision: number, view: ReportView) => void;
  }

  async function openReportPage(texts: Readonly<Record<string, string>> = {}): Promise<WebviewHost> {
    const asked: string[] = [];
    const { connection, load, ...tab } = await openWebview(pages, { page: 'report', texts });
    const answer = (question: string): null => {
      asked.push(question);
      return null;
    };
    serve(connection, reportPageRequests, {
      ready: () => ({ revision: 1, view: { state: 'loading' } as const, keep: { runId: 'r1' } }),
      exportHtml: () => answer('export'),
      copy: ({ text }) => answer(text),
      reveal: ({ what }) => answer(what),
    });
    const events = remote(connection, reportPageEvents);
    await load();
    return {
      ...tab,
      asked,
      show: (revision, view) => {
        events.snapshot({ revision, view });
      },
    };
  }

  test('shows each newer state and asks its host', async () => {
    const { page, faults, asked, kept, show } = await openReportPage();
    await page.getByText('Reading the report…').waitFor();
    await expect.poll(() => kept).toEqual([{ runId: 'r1' }]);
    const report = await reportOf('binary');
    show(3, { state: 'ready', report, project: 'flights', evaluatedAt: undefined, repeats: [] });
    await page.getByRole('heading', { level: 1 }).waitFor();
    show(2, { state: 'failed', error: { code: 'test.old', kind: 'input', message: 'older than what is shown' } });
    await page.getByRole('button', { name: 'Copy the run id' }).click();
    await page.getByText('Copied').waitFor();
    await page.getByRole('button', { name: 'Show the stage' }).click();
    await page.getByRole('button', { name: 'Export as HTML' }).click();
    await expect.poll(() => asked).toEqual([report.runId, 'stage', 'export']);
    expect(await page.getByText('older than what is shown').count()).toBe(0);
    show(4, { state: 'failed', error: { code: 'test.gone', kind: 'input', message: 'The run is gone.', remedy: 'Run it again.' } });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('The run is gone.Run it again.');
    expect(faults).toEqual([]);
  });

  test('speaks the language of the editor, in texts made early and late', async () => {
    const { page, faults, show } = await openReportPage({ Metrics: 'Metriken', Difference: 'Unterschied' });
    show(2, { state: 'ready', report: await reportOf('binary'), project: 'flights', evaluatedAt: undefined, repeats: [] });
    await page.getByRole('heading', { name: 'Metriken' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Unterschied' }).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('redraws in the colours of a new theme', async () => {
    const { page, faults, show } = await openReportPage();
    show(2, { state: 'ready', report: await reportOf('binary'), project: 'flights', evaluatedAt: undefined, repeats: [] });
    const chart = page.locator('[role=img] canvas').first();
    await chart.waitFor();
    const before = await chart.screenshot();
    await page.evaluate(() => {
      document.body.className = 'vscode-high-contrast';
      document.documentElement.style.setProperty('--vscode-editor-background', '#000000');
      document.documentElement.style.setProperty('--vscode-charts-blue', '#ffff00');
    });
    await expect.poll(async () => (await chart.screenshot()).equals(before)).toBe(false);
    expect(faults).toEqual([]);
  });
});
