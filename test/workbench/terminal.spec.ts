/** The command line inside the editor: as a task whose problems are caught, and in any terminal. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a task runs the project, and its problem lands in the Problems view', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('max_iter: 60', 'max_itr: 60'));
  await mkdir(join(workspace, 'rain'));
  for (const name of ['millwright.yaml', 'data']) await rename(join(workspace, name), join(workspace, 'rain', name));
  const window = await openWindow(workspace);
  await expect(window.view('Pipelines')).toContainText('1 problem');

  await window.runCommand('Tasks: Run Task');
  await window.pick('millwright');
  await window.pick('run (rain)');
  await expect(window.page.locator('.terminal-wrapper.active')).toBeVisible();
  await window.runCommand('View: Focus Problems');
  const problem = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'max_itr' });
  await expect(problem).toContainText(/\[Ln \d+, Col \d+\]/, { timeout: 40_000 });
  await problem.dblclick();
  await expect(window.page.locator('.tabs-container .tab.active')).toContainText('millwright.yaml');
  await expect(window.page.locator('.editor-instance .view-line', { hasText: 'max_itr' })).toBeVisible();
});

test('a trial on a sample runs in a terminal, and leaves the project as it is', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await expect(window.row('Pipelines', 'train')).toBeVisible();
  await window.runCommand('Millwright: Try on a Sample…');
  const rows = window.page.locator('.quick-input-widget input[type=text]');
  await expect(rows).toHaveValue('1000');
  await rows.press('Enter');
  const predictions = join(workspace, '.millwright', 'sample', 'predictions.csv');
  await expect.poll(() => existsSync(predictions), { timeout: 90_000 }).toBe(true);
  await window.keepScreen('trial-terminal');
  expect(existsSync(join(workspace, 'mlflow.db'))).toBe(false);
  expect(existsSync(join(workspace, 'millwright.lock'))).toBe(false);
});

test('the command is on the PATH of a terminal', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await window.runCommand('Terminal: Create New Terminal');
  await window.page.locator('.terminal-wrapper.active .xterm-screen').click();
  await window.page.keyboard.type('millwright status --json > status.json; touch written\n', { delay: 20 });
  await expect.poll(() => existsSync(join(workspace, 'written')), { timeout: 60_000 }).toBe(true);
  expect(JSON.parse(await readFile(join(workspace, 'status.json'), 'utf8'))).toMatchObject({ name: 'seattle-weather' });
});
