/** A model's whole life from a button: run, watch, read the report, promote. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a run from the button turns every stage done, and the views show what came of it', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);

  await test.step('the views show the project before anything ran', async () => {
    for (const stage of ['check', 'train', 'evaluate', 'register', 'predict']) await window.expectStage(stage, 'stale');
    await expect(window.view('Experiments')).toContainText('No runs yet');
    await expect(window.view('Models')).toContainText('No registered models yet');
  });

  await test.step('the pipeline runs', async () => {
    await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
    for (const stage of ['check', 'train', 'evaluate', 'register', 'predict']) await window.expectStage(stage, 'done', 90_000);
    await expect(window.row('Pipelines', 'seattle-weather')).toContainText('up to date');
    await expect(window.row('Pipelines', 'evaluate')).toContainText('roc_auc');
    const predictions = await readFile(join(workspace, 'predictions.csv'), 'utf8');
    expect(predictions.trim().split('\n').length).toBe(366);
  });

  await test.step('runs and models follow without a refresh', async () => {
    await expect(window.view('Experiments').locator('.monaco-list-row').first()).toContainText('roc_auc');
    await expect(window.row('Models', 'Version 1')).toBeVisible();
    await expect(window.row('Models', 'Version 1')).toContainText('@challenger');
  });

  await test.step('the report opens with its charts', async () => {
    await window.row('Pipelines', 'evaluate').click();
    await expect(window.webview().locator('canvas, svg').first()).toBeVisible({ timeout: 40_000 });
    await expect(window.webview().locator('body')).toContainText(/ROC AUC/i);
    await window.keepScreen('report-dark');
  });

  await test.step('the report is exported as one file, which opens in a browser', async () => {
    await window.runCommand('Millwright: Export Report as HTML');
    await expect(window.page.locator('.quick-input-widget input[type=text]')).toHaveValue(/\.html$/);
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await expect(window.notification('Exported')).toBeVisible();
    const exported = (await readdir(workspace)).find((name) => name.endsWith('.html')) ?? '';
    const page = await window.page.context().newPage();
    await page.goto(`file://${join(workspace, exported)}`);
    await expect(page.locator('canvas').first()).toBeVisible();
    await expect(page.locator('body')).toContainText(/ROC AUC/i);
    await page.close();
  });

  await test.step('an alias is set from the Models view', async () => {
    await window.clickInline(window.row('Models', 'Version 1'), 'Set Alias…');
    await window.pick('champion');
    await expect(window.row('Models', 'Version 1')).toContainText('@champion');
    await expect(window.notification('there was none before')).toBeVisible();
    const audit = await readFile(join(workspace, '.millwright', 'audit.log'), 'utf8');
    expect(audit).toContain('"operation":"alias.set"');
  });
});

test('a second run finds everything unchanged, and a changed parameter makes its stages stale', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await window.runCommand('Millwright: Run Pipeline');
  await window.expectStage('predict', 'done', 90_000);

  await writeFile(join(workspace, 'millwright.yaml'), weatherProject.replace('max_iter: 60', 'max_iter: 40'));
  await window.expectStage('train', 'stale');
  await window.expectStage('check', 'done');
  await expect(window.row('Pipelines', 'train')).toContainText('params.max_iter changed 60 → 40');
});

test('a broken project file is shown where it is broken, and the rest goes on', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('uses: evaluate', 'uses: evaluat'));
  const window = await openWindow(workspace);
  await expect(window.view('Pipelines')).toContainText('1 problem');
  const problem = window.view('Pipelines').locator('.monaco-list-row', { has: window.page.locator('.codicon-error') });
  await problem.click();
  await expect(window.page.locator('.tabs-container .tab.active')).toContainText('millwright.yaml');
});
