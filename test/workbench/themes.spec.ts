/** What a model's whole life looks like in light, dark and high contrast: the pictures are kept to be looked at. */
import { expect, test } from './support/fixtures.ts';
import { themes, weatherWorkspace } from './support/workspaces.ts';

test('the views and the report in light, dark and high contrast', async ({ openWindow }) => {
  const window = await openWindow(await weatherWorkspace());
  await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
  await window.expectStage('predict', 'done', 90_000);
  await window.row('Pipelines', 'evaluate').click();
  await expect(window.webview().locator('canvas').first()).toBeVisible({ timeout: 40_000 });

  for (const theme of themes) {
    await window.useTheme(theme);
    await expect(window.webview().locator('canvas').first()).toBeVisible();
    await window.keepScreen(`life-${theme.name}`);
  }
});

test('a report comes back after the window was reloaded', async ({ openWindow }) => {
  const window = await openWindow(await weatherWorkspace());
  await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
  await window.expectStage('predict', 'done', 90_000);
  await window.row('Pipelines', 'evaluate').click();
  await expect(window.webview().locator('canvas').first()).toBeVisible({ timeout: 40_000 });
  await window.reloadGently();
  await expect(window.webview().locator('canvas').first()).toBeVisible({ timeout: 40_000 });
});
