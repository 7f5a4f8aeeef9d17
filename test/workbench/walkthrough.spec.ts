/** The first steps, as the editor's welcome pages offer them. */
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace } from './support/workspaces.ts';

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
