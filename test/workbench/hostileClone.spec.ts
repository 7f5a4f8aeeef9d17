/** A folder that was made to harm, opened in Restricted Mode: nothing outside changes, and everything answers within its budget. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeServer } from '../../scripts/codeServer.ts';
import { bombs } from '../support/bombs.ts';
import { expect, startServer, test } from './support/fixtures.ts';
import { makeWorkspace } from './support/workspaces.ts';

let server: CodeServer;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startServer('hostile', { trust: false });
});
test.afterAll(async () => {
  await server.stop();
});

/** What the engine and the language server may hold together. */
const mostResidentBytes = 500 * 1e6;

const jobId = '01980000-0000-7000-8000-000000000000';

/** Traps at every place of ours, each of another kind, beside a project file that is costly to read. */
async function layTraps(workspace: string, outside: string): Promise<void> {
  const at = async (place: string): Promise<string> => {
    const path = join(workspace, place);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  const links: Readonly<Record<string, string>> = {
    'mlflow.db': '/dev/zero',
    mlruns: outside,
    'millwright.lock': '/dev/zero',
    'params.yaml': '/dev/zero',
    '.millwright/audit.log': join(outside, 'file'),
    '.millwright/audit.chain.jsonl': join(outside, 'made'),
    '.millwright/operations': outside,
    '.millwright/stages': '/dev',
    [`.millwright/jobs/${jobId}/lock`]: join(outside, 'file'),
    '.millwright/cache': outside,
    'nested/.millwright': outside,
    'nested/millwright.yaml': '/dev/zero',
  };
  for (const [place, target] of Object.entries(links)) await symlink(target, await at(place));
  execFileSync('mkfifo', [await at('.millwright/audit.pending.json'), await at('pipe/millwright.yaml'), await at('pipe/mlflow.db')]);
  const job = { version: 1, id: jobId, command: ['run'], title: 'x', project: workspace, pid: 1, startedAt: 1, user: 'eve' };
  await writeFile(await at(`.millwright/jobs/${jobId}/job.json`), JSON.stringify(job));
  const sparse = await at(`.millwright/jobs/${jobId}/events.jsonl`);
  await writeFile(sparse, '{"at":1,"type":"child","pid":1,"processStartTime":1,"mark":"made up"}\n');
  await truncate(sparse, 4e9);
  await writeFile(await at('large/millwright.yaml'), '');
  await truncate(join(workspace, 'large', 'millwright.yaml'), 4e9);
}

async function contentOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  return JSON.stringify(await Promise.all(names.sort().map(async (name) => [name, await readFile(join(folder, name), 'utf8')])));
}

/** Processes of ours below the server, by their entry file, with the most memory that they ever held. */
async function residentBytes(entries: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended
    const entry = entries.find((name) => words.includes(server.home) && words.includes(`/dist/${name}.cjs`));
    if (entry === undefined) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    found.set(entry, (found.get(entry) ?? 0) + Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024);
  }
  return found;
}

test('a hostile clone is shown without harm', async ({ openWindow }) => {
  const text = bombs['10,000 stages']!().replace('\n', '\nparams: params.yaml\n');
  const outside = await makeWorkspace({ file: 'precious' });
  const workspace = await makeWorkspace({ 'millwright.yaml': text, 'README.md': 'harmless' });
  await layTraps(workspace, outside);
  const before = await contentOf(outside);
  const list = (): string => execFileSync('find', [workspace, '-printf', '%p %y %s %T@\n']).toString();
  const listed = list();

  const window = await openWindow(workspace, { server });
  await expect(window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' })).toBeVisible();

  const took: string[] = [];
  const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
    const startedAt = performance.now();
    await test.step(what, work);
    took.push(`${what} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };

  await timed('the problems of 10,000 stages', async () => {
    await window.openFile('millwright.yaml');
    await expect(window.page.locator('.squiggly-error').first()).toBeVisible({ timeout: 40_000 });
  });
  await timed('a hover', async () => {
    await window.page.keyboard.press('Control+Home');
    await window.page.keyboard.press('Control+k');
    await window.page.keyboard.press('Control+i');
    await expect(window.page.locator('.monaco-hover:visible').first()).toBeVisible();
  });

  for (const view of ['Pipelines', 'Experiments', 'Models'] as const) {
    await timed(`${view}, with what is wrong or what there is`, async () => {
      await expect(window.view(view).locator('.monaco-list-row').first()).toBeVisible();
    });
  }
  console.log(`hostile clone: ${took.join('; ')}`);

  await test.step('nothing grows beyond its budget', async () => {
    const held = await residentBytes(['engine', 'language']);
    expect([...held.keys()].sort()).toEqual(['engine', 'language']);
    expect([...held.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(mostResidentBytes);
  });

  await window.keepScreen('hostile-clone-dark');
  expect(await contentOf(outside), 'nothing outside was changed').toBe(before);
  expect(list(), 'nothing was written').toBe(listed);
});
