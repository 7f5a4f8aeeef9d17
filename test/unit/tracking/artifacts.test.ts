import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { artifactLocation, localPath, resolveArtifacts, writableArtifacts } from '../../../src/engine/tracking/artifacts/artifacts.ts';
import { fetchArtifacts } from '../../../src/engine/tracking/artifacts/fetchArtifacts.ts';
import { temporaryFolder } from '../../support/project.ts';

describe('a location', () => {
  const root = (): string => temporaryFolder();

  it('is where it says, as a path or as a URI', () => {
    const folder = join(root(), 'mlruns', '1', 'run', 'artifacts');
    mkdirSync(folder, { recursive: true });
    expect(resolveArtifacts('/elsewhere', folder)).toBe(folder);
    expect(resolveArtifacts('/elsewhere', pathToFileURL(folder).href)).toBe(folder);
  });

  it('is looked for beside the database after the project was moved', () => {
    const project = root();
    const folder = join(project, 'mlruns', '1', 'run', 'artifacts', 'model');
    mkdirSync(folder, { recursive: true });
    expect(resolveArtifacts(project, '/old place/mlruns/1/run/artifacts/model')).toBe(folder);
    expect(resolveArtifacts(project, 'file:///C:/old/mlruns/1/run/artifacts/model')).toBe(folder);
  });

  it('of a server is found in the folder in which that server keeps it', () => {
    const project = root();
    const folder = join(project, 'mlartifacts', '1', 'run');
    mkdirSync(folder, { recursive: true });
    expect(resolveArtifacts(project, 'mlflow-artifacts:/1/run')).toBe(folder);
  });

  it('stays as it is where nothing is found, and is undefined when it cannot be a path', () => {
    const project = root();
    expect(resolveArtifacts(project, '/old/mlruns/1')).toBe('/old/mlruns/1');
    expect(resolveArtifacts(project, 's3://bucket/mlruns/1')).toBeUndefined();
    expect(localPath('file://host/share')).toBeUndefined();
  });

  it('does not climb out of the project', () => {
    expect(resolveArtifacts(root(), 's3://x/mlruns/../../etc')).toBeUndefined();
  });
});

it('takes artifacts inside the project only', () => {
  expect(writableArtifacts('/project', artifactLocation('/project', '1'))).toBe('/project/mlruns/1');
  for (const elsewhere of ['/project', '/elsewhere/mlruns/1', '/project/../x', 's3://bucket/1', undefined]) {
    expect(writableArtifacts('/project', elsewhere)).toBeUndefined();
  }
});

describe('the files of a location', () => {
  it('are those on this machine, and else refused with a way to get them', async () => {
    const folder = join(temporaryFolder(), 'mlruns', '1');
    await expect(fetchArtifacts('/elsewhere', pathToFileURL(folder).href)).resolves.toBe(folder);
    for (const location of ['s3://bucket/1', 'mlflow-artifacts:/1', 'https://mlflow.example.org/1', '']) {
      await expect(fetchArtifacts('/elsewhere', location)).rejects.toMatchObject({
        code: 'artifacts.elsewhere',
        message: expect.stringContaining(location) as string,
      });
    }
  });
});
