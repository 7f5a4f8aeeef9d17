/** A window of VS Code as the tests use it: by what a person sees. */
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/paths.ts';
import type { EditorTheme } from './workspaces.ts';

export type ViewName = 'Pipelines' | 'Experiments' | 'Models';

/** How the states of a stage look. */
export const looks = {
  done: '.codicon-pass, .codicon-pass-filled',
  failed: '.codicon-error',
  running: '.codicon-loading',
  stale: '.codicon-circle-large-outline',
} as const;
export type StageLook = keyof typeof looks;

export class Workbench {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  /** Opens the workspace, and Millwright's views. */
  async open(): Promise<void> {
    await this.page.goto(this.#url);
    await this.openViews();
  }

  async openViews(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    const entry = this.page.locator('.activitybar').getByRole('tab', { name: 'Millwright' });
    await entry.waitFor({ timeout: 60_000 });
    // While a window comes back it may show the side bar by itself, and then a click hides it again.
    await expect(async () => {
      if (!(await this.view('Pipelines').isVisible())) await entry.click();
      await this.view('Pipelines').waitFor({ timeout: 5000 });
    }).toPass({ timeout: 60_000 });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.openViews();
  }

  /** Reloads as a person does, so that VS Code can store what is open. */
  async reloadGently(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.openViews();
  }

  view(name: ViewName): Locator {
    return this.page.locator('.pane', { has: this.page.getByRole('button', { name: new RegExp(`^${name} Section`) }) });
  }

  /** A row of a view, by the start of its label. */
  row(view: ViewName, label: string): Locator {
    return this.view(view).locator('.monaco-list-row', { has: this.page.locator('.label-name', { hasText: new RegExp(`^${label}$`) }) });
  }

  /** Waits until the icon of a stage's row says so. */
  async expectStage(stage: string, state: StageLook, timeout = 60_000): Promise<void> {
    await expect(this.row('Pipelines', stage).locator(looks[state])).toBeVisible({ timeout });
  }

  /** A button that appears on a row under the pointer. */
  async clickInline(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: title }).first().click();
  }

  async runCommand(title: string): Promise<void> {
    // A list that opened before the editor knew that it trusts the workspace lacks what needs trust, and stays so until it is closed.
    await expect(async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input').first().fill(`>${title}`, { timeout: 5000 });
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click({ timeout: 5000 });
    }).toPass({ timeout: 40_000 });
  }

  /** Chooses a line of the quick pick that is open. */
  async pick(label: string | RegExp): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
  }

  /** The page inside the webview in front. */
  webview(): FrameLocator {
    return this.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text });
  }

  async useTheme({ title, mark }: EditorTheme): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.page.locator('.quick-input-widget input').fill(title);
    await this.pick(new RegExp(`^${title}`));
    await expect(this.page.locator(`.monaco-workbench.${mark}`)).toBeVisible();
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await expect(this.page.locator('.notification-toast')).toHaveCount(0);
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await this.page.locator('.editor-instance .view-lines').first().waitFor();
  }

  /** Keeps a picture under `test-results/screens`. */
  async keepScreen(name: string, { keepHover = false } = {}): Promise<void> {
    const folder = join(root, 'test-results', 'screens');
    await mkdir(folder, { recursive: true });
    if (!keepHover) {
      await this.page.mouse.move(1439, 450);
      await this.page.mouse.move(1438, 450);
      await expect(this.page.locator('.workbench-hover:visible')).toHaveCount(0);
    }
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  }
}

/** Where a server of the tests keeps its state: outside the checkout, so that the extension finds only what it brought. */
export function stateFolder(name: string): string {
  return join(tmpdir(), 'millwright-workbench', name);
}
