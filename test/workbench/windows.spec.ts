/** No work dies with a window, and any number of windows show the same jobs. */
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace, slowProject, weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a reload in the middle of a run: the job goes on and is shown again', async ({ openWindow }) => {
  const workspace = await makeWorkspace({ 'millwright.yaml': slowProject(25) });
  const window = await openWindow(workspace);
  await window.clickInline(window.row('Pipelines', 'slow'), 'Run Pipeline');
  await window.expectStage('wait', 'running');
  await window.reload();
  await window.expectStage('wait', 'running', 40_000);
  await expect(window.page.locator('.statusbar-item[id$="millwright.job"]')).toBeVisible();
  await window.keepScreen('running-dark');
  await window.expectStage('wait', 'done', 60_000);
});

test('a run in one window is seen, and stopped, in another', async ({ openWindow }) => {
  const workspace = await makeWorkspace({ 'millwright.yaml': slowProject(120) });
  const first = await openWindow(workspace);
  await first.clickInline(first.row('Pipelines', 'slow'), 'Run Pipeline');
  await first.expectStage('wait', 'running');

  const second = await openWindow(workspace);
  await second.expectStage('wait', 'running', 40_000);
  await second.clickInline(second.row('Pipelines', 'slow'), 'Stop Job');
  for (const window of [first, second])
    await expect(window.row('Pipelines', 'wait').locator('.codicon-loading')).toHaveCount(0, { timeout: 30_000 });
  await expect(first.row('Pipelines', 'wait')).toContainText(/cancelled|not run/);
});

test('the cancel button of the notification stops the job, and its tracked run says so', async ({ openWindow }) => {
  const project = weatherProject.replace('max_iter: 60', 'max_iter: 10000');
  const window = await openWindow(await weatherWorkspace(project));
  await window.clickInline(window.row('Pipelines', 'seattle-weather'), 'Run Pipeline');
  await window.expectStage('train', 'running');
  const notification = window.notification('Run the pipeline');
  await expect(notification).toContainText(/train/, { timeout: 40_000 });
  await notification.hover();
  await notification.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.row('Pipelines', 'train').locator('.codicon-loading')).toHaveCount(0, { timeout: 30_000 });
  await expect(window.row('Experiments', 'train').locator('.codicon-circle-slash')).toBeVisible();
});
