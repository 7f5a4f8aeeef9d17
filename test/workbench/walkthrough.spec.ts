/** The first steps, as the editor's welcome pages offer them. */
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace, weatherProject, realData } from './support/workspaces.ts';

test('the walkthrough opens and shows its steps', async ({ openWindow }) => {
  const window = await openWindow(await makeWorkspace({ 'notes.txt': 'nothing yet\n' }));
  await window.runCommand('Welcome: Open Walkthrough...');
  await window.page.locator('.quick-input-widget input').fill('Millwright');
  await window.pick('Get Started with Millwright');
  const steps = window.page.locator('.getting-started-step');
  await expect(steps).toHaveCount(4);
  await expect(window.page.locator('.gettingStartedContainer')).toContainText('Get Started with Millwright');
  await expect(window.webview().locator('svg, img').first()).toBeVisible();
  await window.keepScreen('walkthrough-dark');
});

test('opens by itself once where nothing else is open, ticked by what is there already', async ({ openWindow }) => {
  const window = await openWindow(
    await makeWorkspace({
      'millwright.yaml': weatherProject,
      'data/seattle-weather.csv': { copyOf: realData('seattle-weather.csv') },
      '.vscode/settings.json': JSON.stringify({ 'workbench.startupEditor': 'welcomePageInEmptyWorkbench' }),
    }),
  );
  await expect(window.page.locator('.gettingStartedContainer')).toContainText('Get Started with Millwright', { timeout: 60_000 });
  const first = window.page.locator('.getting-started-step', { hasText: 'Train a model from a data file' });
  await expect(first.locator('.codicon-getting-started-step-checked.complete, .complete').first()).toBeVisible();
  await window.keepScreen('walkthrough-first-start-dark');
});
