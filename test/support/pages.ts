/** Pages in a real browser: watched for faults, and connected to a host in the test's own process. */
import { chromium, type Browser, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc';
import { bundlePages } from '../../scripts/bundlePages.ts';
import { chromiumPath } from '../../scripts/codeServer.ts';
import { renderPage } from '../../src/engine/pipeline/reports/renderPage.ts';
import type { PageContent } from '../../src/protocol/pages/exportedPage.ts';
import { connectPage } from '../../src/protocol/pages/pageConnection.ts';
import type { PageName } from '../../src/protocol/pages/pageContract.ts';
import { webviewDocument } from '../../src/protocol/pages/pageDocument.ts';

export interface BuiltPages {
  /** Holds the built pages, and whatever a test puts beside them. */
  readonly folder: string;
  readonly browser: Browser;
}

/** The pages of the sources and a browser, for all tests of the file that calls this at its start. */
export function buildPages(): BuiltPages {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millwright pages '));
    await bundlePages({ outDir: folder, minify: true });
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get browser() {
      return browser;
    },
  };
}

export interface WatchedTab {
  readonly page: Page;
  readonly faults: string[];
}

/** A tab that collects everything a page should never say: errors, warnings, refusals of its own policy, and requests. */
export async function watchedTab(browser: Browser, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedTab> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1100, height: 900 } });
  onTestFinished(async () => {
    await context.close();
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!['file:', 'http://page.test'].some((own) => request.url().startsWith(own)) && !request.url().startsWith('data:'))
      faults.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { page, faults };
}

/** A report as an exported file, opened from the disk. */
export async function openExported(
  { folder, browser }: BuiltPages,
  content: PageContent,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedTab> {
  const file = join(folder, `${randomUUID()}.html`);
  writeFileSync(file, await renderPage(content, folder));
  const tab = await watchedTab(browser, colorScheme);
  await tab.page.goto(pathToFileURL(file).href);
  await tab.page.getByRole('heading', { level: 1 }).waitFor();
  return tab;
}

export interface WebviewTab extends WatchedTab {
  /** The host's end. Serve on it, then call `load`. */
  readonly connection: MessageConnection;
  readonly load: () => Promise<void>;
  /** What the page asked the editor to keep while the window reloads. */
  readonly kept: unknown[];
}

export interface WebviewPage {
  readonly page: PageName;
  /** Translated texts. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** A page under the webview's policy, its messages carried to this process. */
export async function openWebview({ folder, browser }: BuiltPages, options: WebviewPage): Promise<WebviewTab> {
  const { page, faults } = await watchedTab(browser);
  const listeners: ((message: unknown) => void)[] = [];
  await page.exposeFunction('toHost', (message: unknown) => {
    for (const listener of listeners) listener(message);
  });
  const kept: unknown[] = [];
  await page.exposeFunction('keep', (state: unknown) => kept.push(state));
  await page.addInitScript('globalThis.acquireVsCodeApi = () => ({ postMessage: globalThis.toHost, setState: globalThis.keep });');
  await page.route('http://page.test/**', async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const body = name === '' ? documentOf(options.page, options.texts) : readFileSync(join(folder, name));
    const contentType = name === '' ? 'text/html' : name.endsWith('css') ? 'text/css' : 'text/javascript';
    return route.fulfill({ body, contentType });
  });
  const connection = connectPage({
    post: async (message) =>
      page.evaluate((data) => {
        window.postMessage(data, '*');
      }, message),
    onMessage: (listener) => {
      listeners.push(listener);
      return { dispose: () => undefined };
    },
  });
  const load = async (): Promise<void> => {
    connection.listen();
    await page.goto('http://page.test/');
  };
  return { page, faults, kept, connection, load };
}

function documentOf(page: PageName, texts: Readonly<Record<string, string>> | undefined): string {
  return webviewDocument({
    title: 'Page',
    language: 'en',
    nonce: 'bm9uY2U',
    cspSource: 'http://page.test',
    scriptUri: `http://page.test/${page}.js`,
    styleUri: `http://page.test/${page}.css`,
    ...(texts === undefined ? {} : { texts }),
  });
}

/** The texts in view whose contrast with what lies behind them is below WCAG's 4.5 (AA), as `ratio text`. */
export async function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no canvas');
    const paint = (colour: string, alpha: number): void => {
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    };
    const luminance = (): number => {
      const [red = 0, green = 0, blue = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrastOf = (element: Element): number => {
      const path: Element[] = [];
      for (let each: Element | null = element; each !== null; each = each.parentElement) path.unshift(each);
      let alpha = 1;
      paint('white', 1);
      for (const each of path) {
        const style = getComputedStyle(each);
        alpha *= Number(style.opacity);
        paint(style.backgroundColor, alpha);
      }
      const behind = luminance();
      paint(getComputedStyle(element).color, alpha);
      const text = luminance();
      return (Math.max(behind, text) + 0.05) / (Math.min(behind, text) + 0.05);
    };
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
    return [...document.querySelectorAll('main *')]
      .filter(
        (element) => hasText(element) && element.checkVisibility() && element.closest('svg, .visually-hidden, option, :disabled') === null,
      )
      .map((element) => [contrastOf(element), element.textContent.slice(0, 40)] as const)
      .filter(([ratio]) => ratio < 4.5)
      .map(([ratio, text]) => `${ratio.toFixed(2)} ${text}`);
  });
}

/** The tables that leave their panel, or are wider than it without fading out where they go on, as `name: what is wrong`. */
export async function cutTables(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const end = document.querySelector('main')?.getBoundingClientRect().right ?? 0;
    return [...document.querySelectorAll('main table')].flatMap((table) => {
      const name = table.querySelector('caption')?.textContent ?? '';
      const scroller = table.closest('.scroll');
      if (scroller === null) return [`${name}: cannot scroll`];
      if (scroller.getBoundingClientRect().right > end) return [`${name}: leaves its panel`];
      const hidden = scroller.scrollWidth - scroller.clientWidth - scroller.scrollLeft;
      const fade = Number.parseFloat(getComputedStyle(scroller).getPropertyValue('--fade'));
      return Math.abs(fade - Math.min(32, hidden)) > 1 ? [`${name}: ${String(hidden)} px hidden, ${String(fade)} px fade`] : [];
    });
  });
}

/** What a person who presses Tab comes to, in order, by accessible name; at most so many. */
export async function tabStops(page: Page, most = 60): Promise<string[]> {
  const stops: string[] = [];
  for (let step = 0; step < most; step++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const label = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : undefined;
      const labelled = [...(label?.childNodes ?? [])].filter((node) => !node.contains(element)).map((node) => node.textContent);
      return element.getAttribute('aria-label') ?? (label === undefined ? element.textContent : labelled.join('').trim());
    });
    if (name === undefined) break;
    stops.push(name);
  }
  return stops;
}
