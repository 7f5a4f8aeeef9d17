/** The safeguards where people meet them: what a change needs in production, and a project file that cannot be run. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a run in production asks for a ticket and who approved it, and does nothing without an answer', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('environment: development', 'environment: production'));
  const window = await openWindow(workspace);
  const prompt = window.page.locator('.quick-input-widget');
  const answer = prompt.locator('input[type=text]');
  const ask = async (): Promise<void> => {
    await window.clickInline(window.row('Pipelines', 'train'), 'Run Stage');
    await expect(prompt).toContainText('Change ticket for production');
  };

  await test.step('no empty ticket, and none at all', async () => {
    await ask();
    await answer.fill(' ');
    await window.page.keyboard.press('Enter');
    await expect(prompt).toContainText('It goes into the audit log, so it cannot be empty.');
    await window.page.keyboard.press('Escape');
    await expect(prompt).toBeHidden();
    await window.expectStage('train', 'stale');
    expect(existsSync(join(workspace, '.millwright', 'jobs')), 'nothing was started').toBe(false);
  });

  await test.step('a ticket without an approval is none', async () => {
    await ask();
    await answer.fill('CHG-7');
    await window.page.keyboard.press('Enter');
    await expect(prompt).toContainText('Who approved this change?');
    await window.page.keyboard.press('Escape');
    await expect(prompt).toBeHidden();
    expect(existsSync(join(workspace, '.millwright', 'jobs')), 'nothing was started').toBe(false);
  });

  await test.step('with both it runs, and the audit log has them', async () => {
    await ask();
    await answer.fill('CHG-7');
    await window.page.keyboard.press('Enter');
    await expect(prompt).toContainText('Who approved this change?');
    await answer.fill('Ada');
    await window.page.keyboard.press('Enter');
    await window.expectStage('train', 'done', 90_000);
    const lines = (await readFile(join(workspace, '.millwright', 'audit.log'), 'utf8')).trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(entries).toContainEqual(
      expect.objectContaining({
        environment: 'production',
        operation: 'train',
        outcome: 'success',
        change_ticket: 'CHG-7, approved by Ada',
      }),
    );
  });
});

test('a project file with a mistake is not run, and the message names the mistake', async ({ openWindow }) => {
  const workspace = await weatherWorkspace(weatherProject.replace('max_iter: 60', 'max_itr: 60'));
  const window = await openWindow(workspace);
  await window.runCommand('Millwright: Run Pipeline');
  const message = window.notification('"max_itr" is not a key of stages.train.params. Did you mean "max_iter"?');
  await expect(message).toBeVisible({ timeout: 40_000 });
  await message.getByRole('button', { name: 'Open millwright.yaml' }).click();
  await expect(window.page.locator('.tabs-container .tab.active')).toContainText('millwright.yaml');
  await window.keepScreen('mistake-dark');
});
