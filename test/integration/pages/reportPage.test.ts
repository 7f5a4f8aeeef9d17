/** The report page in a real browser: as an exported file, and in a webview's place with a real connection. */
import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { remote, serve } from '../../../src/protocol/contracts/connection.ts';
import type { EvaluationReport, Task } from '../../../src/protocol/evaluation.ts';
import type { ReportedRun } from '../../../src/protocol/run.ts';
import { reportPageEvents, reportPageRequests, type ReportView } from '../../../src/protocol/pages/pageContract.ts';
import { anEvaluationReport } from '../../support/evaluationReport.ts';
import { buildPages, cutTables, faintTexts, openExported, openWebview, type WatchedTab } from '../../support/pages.ts';
import { hostile } from '../../support/validationReport.ts';

const pages = buildPages();

async function reportOf(task: Task): Promise<EvaluationReport> {
  return anEvaluationReport({ task });
}

async function openReport(report: EvaluationReport | Task, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedTab> {
  const shown = typeof report === 'string' ? await reportOf(report) : report;
  const view = { report: shown, project: 'flights', evaluatedAt: 0, repeats: [], run: undefined };
  return openExported(pages, { page: 'report', view }, colorScheme);
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

  test('compares with the champion in words and in a table of its own, and shows p-values at their floor as such', async () => {
    const { metrics } = await reportOf('binary');
    const message = 'Worse than flights@champion (version 3): Log loss is 0.9.';
    const champion = {
      name: 'flights@champion (version 3)',
      headline: { outcome: 'worse', metric: 'log_loss', message },
      metrics,
    } as const;
    const promotion = { alias: 'flights@champion', objection: message, allowWorse: false };
    const report = await anEvaluationReport({ task: 'binary', changes: { champion, promotion, leakage: [] } });
    const { page, faults } = await openReport(report);
    await expect.poll(() => page.getByText(`${message} flights@champion is not moved to it.`).count()).toBeGreaterThan(0);
    expect(await page.getByRole('heading', { level: 3, name: 'Against flights@champion (version 3)' }).count()).toBe(1);
    expect(
      await page
        .getByRole('table', { name: /Metrics of the model and of flights@champion/ })
        .getByRole('row')
        .count(),
    ).toBe(metrics.length + 1);
    expect(await page.getByRole('cell', { name: '< 0.002' }).count()).toBeGreaterThan(0);
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
    expect(await charts.count()).toBe(5);
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
    expect(await charts.count()).toBe(5);
    expect(faults).toEqual([]);
  });

  test('sorts its tables, and draws only the rows in view of a long one', async () => {
    const { page, faults } = await openReport('binary');
    const segments = page.getByRole('table', { name: /^ROC AUC by origin/ });
    expect(await segments.getAttribute('aria-rowcount')).toBe('41');
    expect(await segments.getByRole('row').count()).toBeLessThan(41);
    await segments.getByRole('button', { name: /^origin/ }).click();
    expect(await segments.getByRole('columnheader').first().getAttribute('aria-sort')).toBe('ascending');
    const first = await segments.getByRole('rowheader').first().textContent();
    expect([hostile, 'airport 1']).toContain(first);
    expect(faults).toEqual([]);
  });

  test.each(['binary', 'multiclass', 'regression'] as const)('of %s fits a narrow window without scrolling sideways', async (task) => {
    const { page, faults } = await openReport(task);
    await page.setViewportSize({ width: 400, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    expect(faults).toEqual([]);
  });

  test.each(['binary', 'multiclass', 'regression'] as const)('of %s shows every table whole, or that it goes on', async (task) => {
    const { page } = await openReport(await anEvaluationReport({ task, isRanked: task === 'binary', classCount: 11 }));
    for (const width of [1600, 1200, 700, 400]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => cutTables(page)).toEqual([]);
    }
  });

  test.each(['binary', 'multiclass', 'regression'] as const)('of %s has a table behind every chart', async (task) => {
    const { page, faults } = await openReport(task);
    const charts = await page.locator('figure').count();
    expect(charts).toBe({ binary: 5, multiclass: 2, regression: 3 }[task]);
    const toggles = page.getByRole('button', { name: /as a table$/ });
    for (const toggle of await toggles.all()) await toggle.click();
    expect(await page.locator('figure canvas').count()).toBe(0);
    expect(await page.locator('figure').getByRole('table').count()).toBe(charts);
    const rows = await Promise.all((await page.locator('figure').all()).map(async (figure) => figure.getByRole('row').count()));
    expect(Math.min(...rows)).toBeGreaterThan(10);
    expect(faults).toEqual([]);
  });

  test.each([
    ['binary', 'light'],
    ['binary', 'dark'],
    ['multiclass', 'light'],
    ['multiclass', 'dark'],
  ] as const)('of %s can be read in %s: no text is too faint', async (task, scheme) => {
    const { page } = await openReport(task, scheme);
    expect(await faintTexts(page)).toEqual([]);
  });

  test('begins with what forbids a release, however much better than the baseline the model is', async () => {
    const gate = { metric: 'roc_auc', passed: false, message: 'roc_auc is 0.7000, at least 0.9000.' };
    const verdicts: (string | null)[] = [];
    for (const changes of [{}, { leakage: [] }, { leakage: [], gates: [gate, { ...gate, passed: true }] }] as Partial<EvaluationReport>[]) {
      const { page } = await openReport(await anEvaluationReport({ task: 'binary', changes }));
      verdicts.push(await page.locator('.verdict').textContent());
    }
    expect(verdicts).toEqual([
      expect.stringMatching(/^✗Not to be relied on: there is leakage\. Better than/),
      expect.stringMatching(/^▲Better than/),
      expect.stringMatching(/^✗Not good enough: 1 of 2 gates failed\. Better than/),
    ]);
  });

  test('says what costs least, and what leaked', async () => {
    const { page } = await openReport('binary');
    const words = await page.locator('main').innerText();
    expect(words).toContain('A false positive costs 1, a false negative 5.');
    const leakage = page.getByRole('region', { name: 'Leakage' }).getByRole('listitem');
    expect(await leakage.allTextContents()).toEqual([
      '✗ Shared rows: Found0.4 % of the rows are also rows that the model learned from.',
      '▲ Target among the features: FoundThe feature delay nearly determines the target.',
      '✓ Order of time: In orderAll 400 rows of spring are later than the last row the model learned from.',
    ]);
    expect(words).toContain('maximizes f1_score');
    expect(words).not.toMatch(/NaN|undefined/);
  });

  test('changes what the shares of the confusion matrix are of', async () => {
    const { page, faults } = await openReport('binary');
    const matrix = page.getByRole('table', { name: /^Confusion matrix/ });
    const shares = async (): Promise<number[]> =>
      (await matrix.getByRole('cell').allTextContents()).map((text) => Number(/([\d.]+) %/.exec(text)?.[1]));
    const choose = page.getByLabel('Shares of');
    const [a = 0, b = 0] = await shares();
    expect(a + b).toBeCloseTo(100, 0);
    await choose.selectOption('each decision');
    const [first = 0, , third = 0] = await shares();
    expect(first + third).toBeCloseTo(100, 0);
    await choose.selectOption('all rows');
    expect((await shares()).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    expect(faults).toEqual([]);
  });

  test('shows several classes beside one another, one alone, and their averages', async () => {
    const { page, faults } = await openReport('multiclass');
    const classes = page.getByRole('table', { name: 'Figures of each class' });
    expect(await classes.getByRole('rowheader').allTextContents()).toEqual(
      expect.arrayContaining(['class 1', hostile, 'Macro average', 'Micro average', 'Weighted average']),
    );
    await classes.getByRole('button', { name: 'F1' }).click();
    expect((await classes.getByRole('rowheader').allTextContents()).slice(-3)).toEqual([
      'Macro average',
      'Micro average',
      'Weighted average',
    ]);
    await page.getByRole('combobox', { name: 'Class', exact: true }).selectOption('class 2');
    await page.getByRole('heading', { name: 'Calibration' }).waitFor();
    await page.getByRole('button', { name: 'ROC as a table' }).click();
    expect(await page.getByRole('table', { name: 'Points of the ROC curve' }).getByRole('columnheader').count()).toBe(2);
    expect(faults).toEqual([]);
  });

  test('lists the most frequent mistakes where a matrix would be too large', async () => {
    const { page, faults } = await openReport(await anEvaluationReport({ task: 'multiclass', classCount: 30 }));
    const mistakes = page.getByRole('table', { name: 'Mistakes, the most frequent first' });
    const counts = (await mistakes.getByRole('row').all())
      .slice(1, 6)
      .map(async (row) => Number(await row.getByRole('cell').nth(1).textContent()));
    const found = await Promise.all(counts);
    expect(found).toEqual(found.toSorted((x, y) => y - x));
    expect(found[0]).toBeGreaterThan(0);
    await page.getByText('22 smaller classes are left out.').waitFor();
    expect(faults).toEqual([]);
  });

  test('shows a ranking by the places that count, and predictions without a model', async () => {
    const { page, faults } = await openReport(
      await anEvaluationReport({
        task: 'binary',
        isRanked: true,
        changes: { model: undefined, predictionColumns: ['score'], runId: undefined },
      }),
    );
    const ranking = page.getByRole('table', { name: /^Figures of the ranking/ });
    expect(await ranking.getByRole('columnheader').allTextContents()).toEqual(['k', 'ndcg', 'map']);
    expect(await ranking.getByRole('row').count()).toBe(4);
    expect(await page.locator('main').innerText()).toMatch(/Predictions\s+score/);
    expect(faults).toEqual([]);
  });

  test('says whose model it is: run, changes, version, and what it is compared with; sections are a click away', async () => {
    const overview = {
      name: 'train',
      note: 'slower',
      startedAt: 0,
      changes: [{ name: 'params.learning_rate', before: '0.1', after: '0.05' }],
    };
    const run = {
      run: overview,
      before: { id: 'b', title: 'train', startedAt: 0, headline: undefined },
      versions: [{ model: 'flights', version: 3, aliases: ['challenger'] }],
    } as unknown as ReportedRun;
    const view = { report: await reportOf('binary'), project: 'flights', evaluatedAt: 0, repeats: [], run };
    const { page, faults } = await openExported(pages, { page: 'report', view });
    const head = await page.locator('.identity').innerText();
    for (const words of ['train · “slower”', '1970-01-01 00:00:00 UTC', 'learning_rate 0.1 → 0.05', 'flights 3 @challenger', 'majority']) {
      expect(head).toContain(words);
    }
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Segments' }).click();
    await expect.poll(() => page.locator('#segments').evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(120);
    expect(faults).toEqual([]);
  });

  test('says how far folds or seeds lie apart', async () => {
    const repeats = [{ metric: 'validation_roc_auc', mean: 0.71234, standardDeviation: 0.0041 }];
    const view = { report: await reportOf('binary'), project: 'flights', evaluatedAt: 0, repeats, run: undefined };
    const { page } = await openExported(pages, { page: 'report', view });
    const table = page.getByRole('table', { name: /with their spread$/ });
    expect(await table.getByRole('row').nth(1).textContent()).toBe('validation_roc_auc0.7123± 0.0041');
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
    show(3, { state: 'ready', report, project: 'flights', evaluatedAt: undefined, repeats: [], run: undefined });
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
    show(2, { state: 'ready', report: await reportOf('binary'), project: 'flights', evaluatedAt: undefined, repeats: [], run: undefined });
    await page.getByRole('heading', { name: 'Metriken' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Unterschied' }).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('redraws in the colours of a new theme', async () => {
    const { page, faults, show } = await openReportPage();
    show(2, { state: 'ready', report: await reportOf('binary'), project: 'flights', evaluatedAt: undefined, repeats: [], run: undefined });
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
