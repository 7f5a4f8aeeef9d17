import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isCancelled } from '../../../src/base/abort.ts';
import { knownEnvironment, rememberEnvironment, resolveEnvironment } from '../../../src/engine/project/environment.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millwright-config-'));
  vi.stubEnv('MILLWRIGHT_CONFIG_HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const project = { root: '/some/project', environment: undefined };

describe('resolveEnvironment', () => {
  it("takes the file's own word", async () => {
    expect(await resolveEnvironment({ ...project, environment: 'staging' })).toBe('staging');
  });

  it('asks once, and remembers for this project only', async () => {
    let asked = 0;
    const ask = (): Promise<'homelab'> => {
      asked++;
      return Promise.resolve('homelab');
    };
    expect(await resolveEnvironment(project, ask)).toBe('homelab');
    expect(await resolveEnvironment(project, ask)).toBe('homelab');
    expect(asked).toBe(1);
    expect(await knownEnvironment({ ...project, root: '/other' })).toBeUndefined();
  });

  it('never guesses: with nobody to ask it is a mistake of usage', async () => {
    await expect(resolveEnvironment(project)).rejects.toMatchObject({ code: 'project.environmentUnknown', kind: 'usage' });
  });

  it('is cancelled when the user does not answer', async () => {
    await expect(resolveEnvironment(project, () => Promise.resolve(undefined))).rejects.toSatisfy(isCancelled);
  });

  it('keeps the answers of writers that come at once', async () => {
    const roots = Array.from({ length: 8 }, (_, index) => `/p/${String(index)}`);
    await Promise.all(roots.map((root) => rememberEnvironment(root, 'development')));
    for (const root of roots) expect(await knownEnvironment({ ...project, root })).toBe('development');
  });

  it.each(['{torn', '{"version": 2, "projects": {}}'])('does not overwrite a file it cannot read: %s', async (text) => {
    await writeFile(join(folder, 'projects.json'), text);
    await expect(rememberEnvironment('/p', 'homelab')).rejects.toMatchObject({ code: 'project.configUnreadable' });
    expect(await readFile(join(folder, 'projects.json'), 'utf8')).toBe(text);
  });
});
