/** The validation report page in a real browser: as an exported file, and in a webview's place with a real connection. */
import { describe, expect, test } from 'vitest';
import { remote, serve } from '../../../src/protocol/contracts/connection.ts';
import { validationPageEvents, validationPageRequests, type ReadyReports } from '../../../src/protocol/pages/pageContract.ts';
import type { ValidationReport } from '../../../src/protocol/validation.ts';
import { buildPages, cutTables, faintTexts, openExported, openWebview, tabStops, type WatchedTab } from '../../support/pages.ts';
import { aCheck, aColumn, aFailingReport, aValidationReport, aWideReport, hostile } from '../../support/validationReport.ts';

const pages = buildPages();

function viewOf(report: ValidationReport): ReadyReports['validation'] {
  return { report, stage: 'check', project: 'rain', checkedAt: Date.UTC(2026, 0, 2, 3, 4, 5) };
}

async function openReport(report: ValidationReport, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedTab> {
  return openExported(pages, { page: 'validation', view: viewOf(report) }, colorScheme);
}

describe('the exported file', () => {
  test('says in its first line whether the data may be learned from', async () => {
    const warned = aValidationReport({ verdict: 'warned', checks: [aCheck({ verdict: 'warned', severity: 'warn' })] });
    const verdicts = new Map([
      [aValidationReport(), 'Ready to learn from: all 7 checks passed.'],
      [warned, 'Ready to learn from, with 1 warning to look at first.'],
      [aFailingReport(), 'Not ready to learn from: 2 of 10 checks failed, 2 warned.'],
    ]);
    for (const [report, words] of verdicts) {
      const { page, faults } = await openReport(report, 'dark');
      await page.getByText(words, { exact: true }).waitFor();
      expect(await page.getByRole('heading', { name: 'What to look at' }).count()).toBe(report.verdict === 'passed' ? 0 : 1);
      expect(faults).toEqual([]);
    }
  });

  test('lists what failed before what warned, each with its figure against its limit', async () => {
    const { page } = await openReport(aFailingReport());
    const findings = page.getByRole('region', { name: 'What to look at' }).getByRole('listitem');
    const words = await findings.allTextContents();
    expect(words.map((text) => text.slice(0, 8).trim())).toEqual(['✗ Failed', '✗ Failed', '▲ Warned', '▲ Warned']);
    expect(words[0]).toContain('23.4 %, at most 10 %');
    expect(words[3]).toContain('3.1 %, at least 5 %');
    const bars = page.locator('svg.limit');
    expect(await bars.count()).toBe(3);
    const [mark, value] = await Promise.all([bars.first().locator('.mark').boundingBox(), bars.first().locator('.value').boundingBox()]);
    expect(mark?.x).toBeLessThan((value?.x ?? 0) + (value?.width ?? 0));
    expect(await page.locator('main').innerText()).toContain('2026-01-02 03:04:05 UTC');
  });

  test('writes years without a comma, and other numbers with one', async () => {
    const edges = [1999, 2003.5, 2008];
    const year = aColumn({
      name: 'year',
      min: 1999,
      max: 2008,
      mean: 2003.5,
      standardDeviation: 2.9,
      histogram: { edges, counts: [5, 4], below: 0, above: 0 },
    });
    const price = aColumn({ name: 'price', min: 1999, max: 20_080, mean: 2003.5, standardDeviation: 2.9 });
    const { page } = await openReport(aValidationReport({ columns: [year, price] }));
    const row = (name: string): Promise<string> =>
      page
        .getByRole('row', { name: new RegExp(`^${name}`) })
        .first()
        .innerText();
    expect(await row('year')).toMatch(/1999\s+2008\s+2003\.50 ± 2\.90/);
    expect(await row('price')).toMatch(/1,999\s+20,080\s+2,003\.50 ± 2\.90/);
    expect(await page.locator('svg.mini title').first().textContent()).toBe('Most values between 1999 and 2003.5');
  });

  test('shows hostile names as they are', async () => {
    const { page, faults } = await openReport(aFailingReport());
    expect(await page.title()).toBe('check – rain');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.getByText(hostile).count()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  test('filters and sorts its columns, and shows one large with its table', async () => {
    const { page, faults } = await openReport(aFailingReport());
    const table = page.getByRole('table', { name: 'Columns of the data set' });
    const names = async (): Promise<string[]> => table.getByRole('rowheader').allTextContents();
    await page.getByLabel('only with findings').check();
    expect(await names()).toEqual(['precipitation', 'temp_max', 'wind']);
    await page.getByLabel('only with findings').uncheck();
    await table.getByRole('button', { name: 'Smallest' }).click();
    expect(await table.getByRole('columnheader', { name: 'Smallest' }).getAttribute('aria-sort')).toBe('ascending');
    await page.getByRole('searchbox', { name: 'Name' }).fill('TEMP');
    await expect.poll(names).toEqual(['temp_max']);
    await page.getByText('1 of 5 columns').waitFor();

    const name = table.getByRole('button', { name: 'temp_max' });
    await name.focus();
    await page.keyboard.press('Enter');
    expect(await name.getAttribute('aria-expanded')).toBe('true');
    const chart = page.getByRole('img', { name: /^Histogram of temp_max in 20 bins from 0.4 to 9.5/ });
    const bottom = async (): Promise<number> => chart.evaluate((element) => element.getBoundingClientRect().bottom - innerHeight);
    await expect.poll(bottom).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Distribution of temp_max as a table' }).click();
    expect(await page.getByRole('table', { name: 'Distribution of temp_max' }).getByRole('row').count()).toBe(21);
    await page.getByRole('searchbox', { name: 'Name' }).fill('nothing like it');
    await page.getByText('No column matches.').waitFor();
    expect(faults).toEqual([]);
  });

  test('takes ten thousand columns: the worst finding stands for its kind, and only rows in view are drawn', async () => {
    const { page, faults } = await openReport(aWideReport(10_000));
    const finding = page.getByRole('region', { name: 'What to look at' }).getByRole('listitem');
    expect(await finding.count()).toBe(1);
    expect(await finding.textContent()).toContain('The same in 1,428 more:');
    const table = page.getByRole('table', { name: 'Columns of the data set' });
    expect(await table.getAttribute('aria-rowcount')).toBe('10001');
    expect(await table.getByRole('row').count()).toBeLessThan(80);

    await page.getByRole('button', { name: 'and 1,422 more…' }).click();
    await page.getByText('1,429 of 10,000 checks', { exact: true }).waitFor();
    await page.getByRole('searchbox', { name: 'Name' }).fill('09999');
    await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['sensor_09999']);
    expect(faults).toEqual([]);
  });

  test('fits a narrow window without scrolling sideways', async () => {
    for (const report of [aFailingReport(), aWideReport(200)]) {
      const { page, faults } = await openReport(report);
      await page.setViewportSize({ width: 400, height: 800 });
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
      expect(faults).toEqual([]);
    }
  });

  test('shows every table whole, or that it goes on, until it is scrolled to its end', async () => {
    const { page } = await openReport(aFailingReport());
    for (const width of [1600, 1200, 700]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => cutTables(page)).toEqual([]);
    }
    const columns = page.locator('.scroll', { has: page.getByRole('table', { name: 'Columns of the data set' }) });
    const fade = async (): Promise<string> => columns.evaluate((element) => getComputedStyle(element).getPropertyValue('--fade'));
    await expect.poll(fade).toBe('32px');
    await columns.evaluate((element) => {
      element.scrollLeft = element.scrollWidth;
    });
    await expect.poll(fade).toBe('0px');
  });

  test.each(['light', 'dark'] as const)('can be read in %s: no text is too faint', async (scheme) => {
    const { page } = await openReport(aFailingReport(), scheme);
    await page.getByRole('button', { name: 'precipitation', exact: true }).click();
    expect(await faintTexts(page)).toEqual([]);
  });

  test('is walked through by keyboard, from above to below', async () => {
    const { page } = await openReport(aFailingReport());
    const stops = await tabStops(page);
    const expected = ['Class', 'Name', 'Type', 'Column', 'date', 'wind', 'Check', 'Show', 'Copy the digest of the data set'];
    expect(stops).toEqual(expect.arrayContaining(expected));
    expect(expected.map((name) => stops.indexOf(name))).toEqual(expected.map((name) => stops.indexOf(name)).toSorted((a, b) => a - b));
    expect(stops.filter((name) => name.trim() === '')).toEqual([]);
  });

  test('shows values in as many digits as say something', async () => {
    const moments = { type: 'timestamp', histogram: undefined, mean: undefined, standardDeviation: undefined } as const;
    const columns = [
      aColumn({ name: 'at', ...moments, min: '2001-01-01T00:01:00Z', max: '2001-02-28T00:00:00Z' }),
      aColumn({ name: 'exact', ...moments, min: '2001-01-01T00:01:02.5Z', max: '2001-02-28' }),
      aColumn({ name: 'money', min: 218, max: 207_000_000, mean: 28_966_651.4, standardDeviation: 30_360_163.2 }),
      aColumn({ name: 'minutes', min: -46, max: 201.25, mean: 110.61, standardDeviation: 20.402 }),
      aColumn({ name: 'same', min: 1, max: 1, mean: 1, standardDeviation: 0 }),
    ];
    const { page } = await openReport(aValidationReport({ columns }));
    const rows = await page.getByRole('table', { name: 'Columns of the data set' }).getByRole('row').all();
    const shown = rows.slice(1).map(async (row) => (await row.getByRole('cell').allTextContents()).slice(4, 7));
    expect(await Promise.all(shown)).toEqual([
      ['2001-01-01 00:01', '2001-02-28', '–'],
      ['2001-01-01 00:01:02.5', '2001-02-28', '–'],
      ['218', '207,000,000', '28,966,651 ± 30,360,163'],
      ['−46', '201.25', '110.6 ± 20.4'],
      ['1', '1', '1 ± 0'],
    ]);
  });

  test('opens what an empty data set left behind', async () => {
    const empty = aValidationReport({ rows: 0, columns: [], checks: [], target: undefined, verdict: 'failed' });
    const { page, faults } = await openReport(empty);
    await page.getByText('No column matches.').waitFor();
    expect(await page.locator('main').innerText()).not.toMatch(/NaN|undefined|Infinity/);
    expect(faults).toEqual([]);
  });
});

test('in a webview it shows each newer state and asks its host', async () => {
  const asked: string[] = [];
  const { connection, load, page, faults, kept } = await openWebview(pages, { page: 'validation' });
  const answer = (question: string): null => {
    asked.push(question);
    return null;
  };
  serve(connection, validationPageRequests, {
    ready: () => ({ revision: 1, view: { state: 'loading' } as const, keep: { stage: 'check' } }),
    exportHtml: () => answer('export'),
    copy: ({ text }) => answer(text),
    reveal: ({ what }) => answer(what),
  });
  const events = remote(connection, validationPageEvents);
  await load();
  await page.getByText('Reading the report…').waitFor();
  await expect.poll(() => kept).toEqual([{ stage: 'check' }]);
  events.snapshot({ revision: 2, view: { state: 'ready', ...viewOf(aValidationReport()) } });
  await page.getByRole('button', { name: 'Show the data set' }).click();
  await page.getByRole('button', { name: 'Show the stage' }).click();
  await page.getByRole('button', { name: 'Copy the digest of the data set' }).click();
  await page.getByRole('button', { name: 'Export as HTML' }).click();
  await expect.poll(() => asked).toEqual(['dataset', 'stage', 'ab'.repeat(32), 'export']);
  events.snapshot({ revision: 3, view: { state: 'ready', ...viewOf(aFailingReport()) } });
  await page.getByText(/^Not ready to learn from/).waitFor();
  expect(faults).toEqual([]);
});
