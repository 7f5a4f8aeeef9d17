/** Playwright's `test` with one VS Code for all tests of a worker, and a window for each test. */
import { test as base, type Browser, type BrowserContext } from '@playwright/test';
import { rm } from 'node:fs/promises';
import { chromiumPath, startCodeServer, type CodeServer } from '../../../scripts/codeServer.ts';
import { vsixPath } from '../../../scripts/package.ts';
import { stateFolder, Workbench } from './workbench.ts';

export interface OpenOptions {
  readonly server?: CodeServer;
}

interface TestFixtures {
  /** Opens a folder in a window of its own. */
  readonly openWindow: (workspace: string, options?: OpenOptions) => Promise<Workbench>;
}

interface WorkerFixtures {
  readonly chromium_: Browser;
  /** A VS Code that trusts what it opens. */
  readonly server: CodeServer;
}

export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a VS Code with a fresh state. */
export async function startServer(name: string, options: { trust: boolean }): Promise<CodeServer> {
  const home = stateFolder(name);
  await rm(home, { recursive: true, force: true });
  return startCodeServer({
    workspace: home,
    vsix: vsixPath(),
    home,
    trust: options.trust,
    env: { MILLWRIGHT_CONFIG_HOME: `${home}/config` },
    settings: { 'workbench.colorTheme': 'Default Dark Modern', 'window.autoDetectColorScheme': false },
  });
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  chromium_: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch({ executablePath: chromiumPath(), args: browserArguments });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({}, use, { workerIndex }) => {
      const server = await startServer(`trusted-${String(workerIndex)}`, { trust: true });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  openWindow: async ({ chromium_, server }, use, testInfo) => {
    const contexts: BrowserContext[] = [];
    await use(async (workspace, options = {}) => {
      const context = await chromium_.newContext({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
      contexts.push(context);
      const page = await context.newPage();
      const window = new Workbench(page, (options.server ?? server).urlOf(workspace));
      await window.open();
      return window;
    });
    for (const [index, context] of contexts.entries()) {
      const [page] = context.pages();
      if (testInfo.status !== testInfo.expectedStatus)
        await page?.screenshot({ path: testInfo.outputPath(`window-${String(index + 1)}.png`) });
      await context.close();
    }
  },
});

export { expect } from '@playwright/test';
