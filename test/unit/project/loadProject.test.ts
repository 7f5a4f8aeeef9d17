import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProjectRoot, loadProject, requireProject } from '../../../src/engine/project/loadProject.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'mill "wright" 🙂 '));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string | Uint8Array): Promise<void> => writeFile(join(folder, name), text);

describe('findProjectRoot', () => {
  it('searches upward, and gives the real path behind links', async () => {
    await mkdir(join(folder, 'real', 'a', 'b'), { recursive: true });
    await write('real/millwright.yaml', 'name: x');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    expect(await findProjectRoot(join(folder, 'link', 'a', 'b'))).toBe(join(folder, 'real'));
    expect(await findProjectRoot(join(folder, 'real', 'millwright.yaml'))).toBe(join(folder, 'real'));
  });

  it('is undefined where there is none, and for a folder of that name', async () => {
    await mkdir(join(folder, 'millwright.yaml'));
    expect(await findProjectRoot(folder)).toBeUndefined();
  });
});

describe('loadProject', () => {
  it('reads the file and its file of parameters, with the real path as root', async () => {
    await mkdir(join(folder, 'real'));
    await write('real/millwright.yaml', '\uFEFFname: "${params.n}"\r\nparams: p.yaml\r\n');
    await write('real/p.yaml', 'n: from file\n');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const { project, diagnostics } = await loadProject(join(folder, 'link'));
    expect(diagnostics).toEqual([]);
    expect(project).toMatchObject({ name: 'from file', root: join(folder, 'real'), file: join(folder, 'real', 'millwright.yaml') });
  });

  it('says where a key stands', async () => {
    await write('millwright.yaml', 'name: x\nstages:\n  🙂b: {run: a}\n  go: {run: python a.py}\n');
    const loaded = await loadProject(folder);
    expect(loaded.rangeOf(['stages', 'go'])).toMatchObject({ line: 4, column: 3, endLine: 4, endColumn: 5 });
    expect(loaded.rangeOf(['stages', 'go', 'run'])).toMatchObject({ line: 4, column: 13, endColumn: 24 });
    expect(loaded.rangeOf(['stages', 'gone'])).toBeUndefined();
    expect(loaded.stages.map(({ name, kind }) => [name, kind])).toEqual([
      ['🙂b', 'run'],
      ['go', 'run'],
    ]);
  });

  it('says that there is none, without throwing', async () => {
    expect((await loadProject(join(folder, 'gone'))).diagnostics).toMatchObject([{ code: 'project.notFound', kind: 'usage' }]);
  });

  it('refuses what is not UTF-8, and says where', async () => {
    await write('millwright.yaml', Buffer.from('name: x\nparams: {a: caf\xe9}\n', 'latin1'));
    expect((await loadProject(folder)).diagnostics).toMatchObject([{ code: 'project.notUtf8', at: { line: 2, column: 16 } }]);
  });

  it('keeps the environment out of sight of a project that does not ask for it', async () => {
    await write('millwright.yaml', 'name: x\n');
    expect((await loadProject(folder, { env: { TOKEN: 'secret' } })).secrets).toEqual([]);
  });
});

describe('requireProject', () => {
  it('throws the first mistake and counts the others', async () => {
    await write('millwright.yaml', 'name: x\nsed: 1\nmonitors: {}\nstages: 3\n');
    await expect(requireProject(folder)).rejects.toMatchObject({
      code: 'project.unknownKey',
      kind: 'input',
      at: { line: 2, column: 1 },
      remedy: expect.stringContaining('There are 2 more problems') as string,
    });
  });

  it('gives the project with its ranges and secrets', async () => {
    await write('millwright.yaml', 'name: "${env.N}"\n');
    const project = await requireProject(folder, { env: { N: 'hush' } });
    expect(project.name).toBe('hush');
    expect(project.secrets).toEqual([{ name: 'N', value: 'hush' }]);
    expect(project.rangeOf(['name'])).toMatchObject({ line: 1, column: 7 });
  });
});
