/** A run from its first second to its figures, beside the one before; and a failure that a button repairs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace, realData, themes, weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a run has a page while it trains and afterwards, which says what was changed and what came of it', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('max_iter: 60', 'max_iter: 1500'));
  const window = await openWindow(workspace);
  const page = window.webview();
  const run = window.row('Experiments', 'train').first();

  await test.step('the curves grow while it trains', async () => {
    await window.runCommand('Millwright: Run Pipeline');
    await run.click({ timeout: 90_000 });
    await expect(page.getByRole('img', { name: /^training_log_loss is .* at round \d+/ })).toBeVisible({ timeout: 60_000 });
    await window.keepScreen('run-training-dark');
    await window.expectStage('predict', 'done', 120_000);
    await expect(page.locator('.verdict')).toContainText('always predicting', { timeout: 40_000 });
    await expect(page.getByText('early_stopping would have kept that round', { exact: false })).toBeVisible();
  });

  await test.step('the next run is named after what was changed', async () => {
    await writeFile(join(workspace, 'millwright.yaml'), weatherProject.replace('learning_rate: 0.1', 'learning_rate: 0.05'));
    await expect(window.row('Pipelines', 'train')).toContainText('changed');
    await window.runCommand('Millwright: Run Pipeline');
    await expect(window.row('Experiments', 'train')).toHaveCount(2, { timeout: 90_000 });
    await window.expectStage('predict', 'done', 120_000);
    await run.click();
    await expect(run).toContainText('roc_auc');
    await expect(page.getByRole('region', { name: 'Changed since the run before' })).toContainText('learning_rate', { timeout: 40_000 });
    for (const theme of themes) {
      await window.useTheme(theme);
      await window.keepScreen(`run-${theme.name}`);
    }
  });

  await test.step('nothing to do is said, and stays', async () => {
    await window.clearNotifications();
    await window.runCommand('Millwright: Run Pipeline');
    await expect(window.notification('Everything is up to date').getByRole('button', { name: 'Run Anyway' })).toBeVisible({
      timeout: 40_000,
    });
  });
});

test('a failure offers the button that repairs it, and the run goes on from there', async ({ openWindow }) => {
  const data = await readFile(realData('seattle-weather.csv'), 'utf8');
  const stages = weatherProject
    .slice(weatherProject.indexOf('stages:'))
    .split('\n')
    .filter((line) => !line.startsWith('  check:'));
  const head = weatherProject.slice(0, weatherProject.indexOf('stages:'));
  const workspace = await makeWorkspace({
    'millwright.yaml': [head.replace('    time: date\n', '    time: date\n    columns: {wind: {type: number}}\n'), ...stages].join('\n'),
    'data/seattle-weather.csv': data.replace(/^(2012-03-01,.*),[^,]*,([^,]*)$/m, '$1,NA,$2'),
  });
  const window = await openWindow(workspace);
  await window.runCommand('Millwright: Run Pipeline');
  const failure = window.notification('NA');
  await failure.getByRole('button', { name: 'Take NA for Missing' }).click({ timeout: 90_000 });
  await window.expectStage('predict', 'done', 120_000);
  expect(await readFile(join(workspace, 'millwright.yaml'), 'utf8')).toContain('read: {null_values: [NA]}');
});
