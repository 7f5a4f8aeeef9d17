/** The engine may die at any moment: what the views show comes back by itself. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { makeWorkspace, slowProject } from './support/workspaces.ts';

test('a killed engine is started again, and goes on following changes', async ({ openWindow, server }) => {
  const workspace = await makeWorkspace({ 'millwright.yaml': slowProject(1) });
  const before = await enginePids(server.home);
  const window = await openWindow(workspace);
  await expect(window.row('Pipelines', 'wait')).toBeVisible();
  const [pid] = (await enginePids(server.home)).filter((candidate) => !before.includes(candidate));
  expect(pid).toBeDefined();

  process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await enginePids(server.home)).length).toBe(before.length + 2);
  await writeFile(join(workspace, 'millwright.yaml'), slowProject(1).replace('  wait:', '  rest:'));
  await expect(window.row('Pipelines', 'rest')).toBeVisible();
});

test('the log tells how long activation took', async ({ openWindow, server }) => {
  const workspace = await makeWorkspace({ 'millwright.yaml': slowProject(1) });
  await openWindow(workspace);
  const logs = await millwrightLogs(server.home);
  const times = [...logs.matchAll(/Activated in ([\d.]+) ms/g)].map((match) => Number(match[1]));
  expect(times.length).toBeGreaterThan(0);
  console.log(`activation: ${times.map((time) => `${String(time)} ms`).join(', ')}`);
});

/** Of the engines that were ever started here, in order. */
async function enginePids(home: string): Promise<number[]> {
  return [...(await millwrightLogs(home)).matchAll(/Engine started, process (\d+)/g)].map((match) => Number(match[1]));
}

async function millwrightLogs(home: string): Promise<string> {
  const folder = join(home, 'data', 'logs');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('Millwright.log')).sort();
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}
