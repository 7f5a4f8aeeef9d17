/** The pipeline as a graph: opened from everywhere, live while the pipeline runs, in every theme and width. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { themes, weatherWorkspace } from './support/workspaces.ts';

test('the graph follows a run, leads to reports and files, and is saved as a picture', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  const page = window.webview();

  await test.step('it opens from the row of the project and shows what would run', async () => {
    await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Open Pipeline Graph');
    await expect(page.getByRole('option', { name: /^Stage, train, would run/ })).toBeVisible({ timeout: 40_000 });
    await expect(page.locator('body')).toContainText('5 of 5 stages would run, check first');
  });

  await test.step('a stage is run from it, and it follows', async () => {
    await page.getByRole('option', { name: /^Stage, predict/ }).click();
    await page.getByRole('button', { name: 'Run stage' }).click();
    await expect(page.getByRole('option', { name: /^Stage, \w+, running/ })).toBeVisible({ timeout: 60_000 });
    await window.keepScreen('graph-running');
    await expect(page.locator('body')).toContainText('Everything is up to date.', { timeout: 90_000 });
    await expect(page.getByRole('option', { name: /^Registered model, .*version 1/ })).toBeVisible();
  });

  await test.step('it is saved as a picture in the colours of the theme', async () => {
    await page.getByRole('button', { name: 'Save as SVG…' }).click();
    await expect(window.page.locator('.quick-input-widget input[type=text]')).toHaveValue(/pipeline\.svg$/);
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await expect(window.notification('Wrote')).toBeVisible();
    expect(await readFile(join(workspace, 'pipeline.svg'), 'utf8')).toMatch(/^<svg xmlns=.*<rect [^>]*fill="rgb\(31, 31, 31\)"/s);
    await window.clearNotifications();
  });

  await test.step('it looks right in every theme', async () => {
    for (const theme of themes) {
      await window.useTheme(theme);
      await window.keepScreen(`graph-${theme.name}`);
    }
  });

  await test.step('it comes back after a reload, and leads to a report', async () => {
    await window.reloadGently();
    await page.getByRole('option', { name: /^Stage, evaluate/ }).click({ timeout: 40_000 });
    await page.getByRole('button', { name: 'Open report' }).click();
    await expect(window.page.locator('.tabs-container .tab.active')).toContainText('evaluate', { timeout: 40_000 });
  });
});
