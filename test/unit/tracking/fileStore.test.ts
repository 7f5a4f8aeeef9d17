import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { storageProbes } from '../../../src/engine/doctor/storageProbes.ts';
import { hasFileStore } from '../../../src/engine/tracking/fileStore.ts';
import { temporaryFolder } from '../../support/project.ts';

function folderWith(...files: readonly string[]): string {
  const root = temporaryFolder('stores');
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}

test.each<[boolean, string[]]>([
  [true, ['mlruns/0/meta.yaml']],
  [true, ['mlflow.db', 'mlruns/528561599132554891/meta.yaml']],
  [false, ['mlflow.db', 'mlruns/1/0123/artifacts/model/MLmodel']],
  [false, ['mlruns/models/meta.yaml', 'mlruns/.trash/meta.yaml', 'mlruns/0']],
  [false, ['mlruns']],
  [false, []],
])('is an older store: %s, of %j', async (expected, files) => {
  expect(await hasFileStore(folderWith(...files))).toBe(expected);
});

test('doctor says that MLflow takes the older store, and what to do', async () => {
  const finding = async (...files: readonly string[]): Promise<unknown> => {
    const probe = storageProbes(folderWith(...files)).find(({ name }) => name === 'Run stores')!;
    return probe.probe(new AbortController().signal);
  };
  expect(await finding('mlflow.db')).toMatchObject({ state: 'ok' });
  expect(await finding('mlflow.db', 'mlruns/0/meta.yaml')).toMatchObject({
    state: 'failed',
    remedy: expect.stringMatching(
      /--backend-store-uri sqlite:\/\/\/mlflow\.db.*migrate-filestore --source \. --target sqlite:\/\/\/old\.db/,
    ) as string,
  });
});
