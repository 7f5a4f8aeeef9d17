/** From a data file to a report with four choices at most. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace, realData } from './support/workspaces.ts';

test('a CSV in the explorer becomes a project, a model and a report', async ({ openWindow }) => {
  const workspace = await makeWorkspace({ 'birdstrikes.csv': { copyOf: realData('birdstrikes.csv') } });
  const window = await openWindow(workspace);
  await expect(window.view('Pipelines')).toContainText('No millwright.yaml');
  await window.keepScreen('welcome-dark');

  await window.page
    .locator('.activitybar')
    .getByRole('tab', { name: /^Explorer/ })
    .click();
  const file = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'birdstrikes.csv' });
  await file.click({ button: 'right' });
  const entry = window.page.getByRole('menuitem', { name: /Train a Model from This File/ });
  await expect(async () => {
    await entry.click({ timeout: 2000 }); // a menu that has just opened ignores clicks
    await expect(entry).toBeHidden({ timeout: 2000 });
  }).toPass();

  const page = window.webview();
  const train = page.getByRole('button', { name: /^Train/ });
  await expect(train).toBeEnabled({ timeout: 60_000 });
  await window.keepScreen('train-dark');
  await train.click();
  await window.pick('development');

  await expect(window.page.locator('.tabs-container .tab.active')).toContainText(/evaluate/, { timeout: 120_000 });
  await expect(window.webview().locator('canvas, svg').first()).toBeVisible();
  await window.keepScreen('train-report-dark');
  expect(await readFile(join(workspace, 'millwright.yaml'), 'utf8')).toContain('birdstrikes.csv');
});
