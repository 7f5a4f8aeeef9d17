/** The language server in the editor: what is wrong, what is legal, what a key means. */
import { expect, test } from './support/fixtures.ts';
import { looks } from './support/workbench.ts';
import { weatherProject, weatherWorkspace } from './support/workspaces.ts';

test('a misspelt key is underlined exactly, and its legal name offered', async ({ openWindow }) => {
  const project = weatherProject.replace('max_iter: 60', 'max_itr: 60');
  const lines = project.split('\n');
  const line = lines.findIndex((text) => text.includes('max_itr')) + 1;
  const column = (lines[line - 1]?.indexOf('max_itr') ?? 0) + 1;
  const window = await openWindow(await weatherWorkspace(project));
  await window.openFile('millwright.yaml');
  await expect(window.page.locator('.squiggly-error')).toHaveCount(1, { timeout: 40_000 });

  await window.runCommand('View: Focus Problems');
  const problem = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'max_itr' });
  await expect(problem).toContainText(/max_iter/);
  await expect(problem).toContainText(`[Ln ${String(line)}, Col ${String(column)}]`);
  await window.keepScreen('diagnostics-dark');
});

test('completion lists the keys of the place, and a hover explains one', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await window.openFile('millwright.yaml');
  const line = window.page.locator('.view-line', { hasText: 'trainer:' });
  const word = line.locator('span', { hasText: /^trainer$/ }).last();
  await expect(async () => {
    await window.page.mouse.move(1438, 450); // lenses that appear move the lines away from under the pointer
    await word.hover();
    await expect(window.page.locator('.monaco-hover', { hasText: /gradient-boosted/ })).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 40_000 });
  await window.keepScreen('hover-dark', { keepHover: true });

  await line.click();
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.press('Control+Space');
  const suggestions = window.page.locator('.suggest-widget .monaco-list-row');
  await expect(suggestions.filter({ hasText: 'validation' })).toBeVisible();
  await expect(suggestions.filter({ hasText: 'early_stopping' })).toBeVisible();
  await window.keepScreen('completion-dark');
});

test('a lens above a stage runs it', async ({ openWindow }) => {
  const workspace = await weatherWorkspace();
  const window = await openWindow(workspace);
  await window.openFile('millwright.yaml');
  // Lenses are drawn anew when the states arrive, and a click on one that is being replaced is lost.
  const lens = window.page.locator('.codelens-decoration', { hasText: 'Would run' }).first();
  await expect(lens).toBeVisible({ timeout: 40_000 });
  await expect(async () => {
    await lens.getByText('Run Stage').click({ timeout: 5000 });
    await expect(window.row('Pipelines', 'check').locator(looks.stale)).toBeHidden({ timeout: 10_000 });
  }).toPass({ timeout: 60_000 });
  await window.expectStage('check', 'done', 60_000);
});
