/** Both reports where people read them: opened from a failure, a lens, the tree and a command, in every theme, wide and narrow. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { themes, weatherProject, weatherWorkspace } from './support/workspaces.ts';

/** The wind of Seattle exceeds this on some days. */
const failingProject = weatherProject.replace('    time: date\n', '    time: date\n    columns:\n      wind: {type: number, max: 8}\n');

const kindsOfWeather = `name: kinds-of-weather
seed: 42
environment: development
datasets:
  weather: {path: data/seattle-weather.csv, time: date}
  past: {from: weather, during: {before: 2015-01-01}}
  recent: {from: weather, during: {since: 2015-01-01}}
features:
  day:
    target: weather
    numeric: [precipitation, temp_max, temp_min, wind]
stages:
  check: {uses: validate, dataset: past, features: day}
  train:
    uses: train
    dataset: past
    features: day
    trainer: gbdt
    params: {max_iter: 20}
    validation: {split: kfold, folds: 3, by: stratified}
  evaluate: {uses: evaluate, model: train, dataset: recent, baseline: majority, segments: [weather]}
`;

test('a check that fails leads to its report, which follows the repaired data', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(failingProject);
  const window = await openWindow(workspace);
  const report = window.webview();

  await test.step('the failure offers the report', async () => {
    await window.runCommand('Millwright: Run Pipeline');
    await window.expectStage('check', 'failed', 60_000);
    const failure = window.notification('did not pass');
    await failure.getByRole('button', { name: 'Open Report' }).click();
    await expect(report.getByText(/^Not ready to learn from/)).toBeVisible({ timeout: 40_000 });
    await expect(report.getByRole('region', { name: 'What to look at' })).toContainText('wind');
    await window.clearNotifications();
  });

  await test.step('it is readable in every theme, and in a narrow column', async () => {
    for (const theme of themes) {
      await window.useTheme(theme);
      await expect(report.getByText(/^Not ready to learn from/)).toBeVisible();
      await window.keepScreen(`validation-failed-${theme.name}`);
    }
    await window.page.setViewportSize({ width: 800, height: 900 });
    await expect.poll(async () => report.locator('html').evaluate((page) => page.scrollWidth - page.clientWidth)).toBe(0);
    await window.keepScreen('validation-narrow-dark');
    await window.page.setViewportSize({ width: 1440, height: 900 });
  });

  await test.step('a column shows large, with its table', async () => {
    await report.getByRole('button', { name: 'temp_max', exact: true }).click();
    await expect(report.getByRole('img', { name: /^Histogram of temp_max/ })).toBeVisible();
    await report.getByRole('table', { name: 'Most frequent values of temp_max' }).scrollIntoViewIfNeeded();
    await window.keepScreen('validation-column-dark');
  });

  await test.step('it leads to the data set in the project file', async () => {
    await report.getByRole('button', { name: 'Show the data set' }).click();
    await expect(window.page.locator('.tabs-container .tab.active')).toContainText('millwright.yaml');
    const lens = window.page.locator('.codelens-decoration', { hasText: /Last check: 1 failed/ });
    await window.page.keyboard.press('Control+End');
    await window.page.keyboard.press('Control+Home');
    await expect(lens.first()).toBeVisible({ timeout: 40_000 });
    await lens.first().getByText('Last check').click();
    await expect(report.getByText(/^Not ready to learn from/)).toBeVisible();
  });

  await test.step('after a repair it says so by itself', async () => {
    await writeFile(join(workspace, 'millwright.yaml'), weatherProject);
    await window.runCommand('Millwright: Run Stage');
    await window.pick(/^check/);
    await window.expectStage('check', 'done', 60_000);
    await expect(report.getByText(/^Ready to learn from/)).toBeVisible({ timeout: 40_000 });
    await window.keepScreen('validation-passed-dark');
  });
});

test('a validation report opens from the tree and by command, is exported, and comes back after a reload', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await window.runCommand('Millwright: Run Stage');
  await window.pick(/^check/);
  await window.expectStage('check', 'done', 60_000);
  await expect(window.row('Pipelines', 'check')).toContainText(/passed|warning/);
  await window.row('Pipelines', 'check').click();
  const verdict = window.webview().getByText(/^Ready to learn from/);
  await expect(verdict).toBeVisible({ timeout: 40_000 });

  await window.runCommand('Millwright: Export Report as HTML');
  await expect(window.page.locator('.quick-input-widget input[type=text]')).toHaveValue(/check\.html$/);
  await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await expect(window.notification('Exported')).toBeVisible();
  const exported = (await readdir(workspace)).find((name) => name.endsWith('.html')) ?? '';
  const page = await window.page.context().newPage();
  await page.goto(`file://${join(workspace, exported)}`);
  await expect(page.getByText(/^Ready to learn from/)).toBeVisible();
  await page.close();

  await window.reloadGently();
  await expect(verdict).toBeVisible({ timeout: 40_000 });
  await window.runCommand('View: Close All Editors');
  await window.runCommand('Millwright: Open Validation Report');
  await expect(verdict).toBeVisible({ timeout: 40_000 });
});

test('a report on several classes, with the folds of its training below the run', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(kindsOfWeather);
  const window = await openWindow(workspace);
  await window.runCommand('Millwright: Run Pipeline');
  await window.expectStage('evaluate', 'done', 120_000);
  const run = window.row('Experiments', 'train').first();
  await expect(run).toContainText('3 nested runs');
  await run.locator('.monaco-tl-twistie').click();
  await expect(window.row('Experiments', 'fold 1')).toBeVisible();
  await window.row('Pipelines', 'evaluate').click();
  const report = window.webview();
  await expect(report.locator('canvas').first()).toBeVisible({ timeout: 40_000 });
  await expect(report.getByRole('heading', { name: 'Over the folds or seeds of the training' })).toBeVisible();
  for (const theme of themes) {
    await window.useTheme(theme);
    await report.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
    await window.keepScreen(`evaluation-classes-${theme.name}`);
    await report.getByRole('table', { name: 'Figures of each class' }).scrollIntoViewIfNeeded();
    await window.keepScreen(`evaluation-classes-lower-${theme.name}`);
  }

  await test.step('it follows a gate that comes and goes', async () => {
    const verdict = report.getByText(/gates? failed/).first();
    await writeFile(
      join(workspace, 'millwright.yaml'),
      kindsOfWeather.replace('segments: [weather]', 'gate: {accuracy_score: {min: 0.999}}'),
    );
    await window.runCommand('Millwright: Run Pipeline');
    await window.expectStage('evaluate', 'failed', 60_000);
    await expect(verdict).toBeVisible({ timeout: 40_000 });
    await writeFile(join(workspace, 'millwright.yaml'), kindsOfWeather);
    await window.runCommand('Millwright: Run Pipeline');
    await window.expectStage('evaluate', 'done', 60_000);
    await expect(verdict).toBeHidden({ timeout: 40_000 });
  });
});
