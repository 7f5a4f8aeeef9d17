/** What a model's whole life looks like in light, dark and high contrast: the pictures are kept to be looked at. */
import { expect, test } from './support/fixtures.ts';
import { weatherWorkspace } from './support/workspaces.ts';

/** The last is the one the other tests expect. */
const themes = [
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ['dark', 'Dark Modern', 'vs-dark'],
] as const;

test('the views and the report in light, dark and high contrast', async ({ openWindow }) => {
  const window = await openWindow(await weatherWorkspace());
  await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
  await window.expectStage('predict', 'done', 90_000);
  await window.row('Pipelines', 'evaluate').click();
  await expect(window.webview().locator('canvas').first()).toBeVisible({ timeout: 40_000 });

  for (const [name, theme, className] of themes) {
    await window.runCommand('Preferences: Color Theme');
    await window.page.locator('.quick-input-widget input').fill(theme);
    await window.pick(new RegExp(`^${theme}`));
    await expect(window.page.locator(`.monaco-workbench.${className}`)).toBeVisible();
    await expect(window.webview().locator('canvas').first()).toBeVisible();
    await window.keepScreen(`life-${name}`);
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
