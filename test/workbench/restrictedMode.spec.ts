/** Restricted Mode: everything can be seen, nothing can be run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeServer } from '../../scripts/codeServer.ts';
import { expect, startServer, test } from './support/fixtures.ts';
import { weatherProject, weatherWorkspace } from './support/workspaces.ts';

let server: CodeServer;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startServer('restricted', { trust: false });
});
test.afterAll(async () => {
  await server.stop();
});

test('an untrusted folder is shown and checked, but nothing runs in it', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('max_iter: 60', 'max_itr: 60'));
  const window = await openWindow(workspace, { server });
  await expect(window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' })).toBeVisible();
  await expect(window.row('Pipelines', 'train')).toBeVisible();

  await test.step('the file is checked', async () => {
    await window.openFile('millwright.yaml');
    await expect(window.page.locator('.squiggly-error')).toHaveCount(1, { timeout: 40_000 });
  });

  await test.step('commands that run something are not offered', async () => {
    await window.row('Pipelines', 'train').hover();
    await expect(window.row('Pipelines', 'train').getByRole('button', { name: 'Run Stage' })).toHaveCount(0);
    await window.page.keyboard.press('F1');
    await window.page.locator('.quick-input-widget input').fill('>Millwright: Run');
    await expect(window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Run Pipeline' })).toHaveCount(0);
    await window.page.keyboard.press('Escape');
  });

  await window.keepScreen('restricted-dark');
  expect(existsSync(join(workspace, '.millwright')), 'nothing was written').toBe(false);
});
