/** What is registered of a model that a command made, and what of a registered version can be checked later. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { predictFile } from '../../../src/engine/pipeline/predictFile.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { PipelineResult } from '../../../src/protocol/pipeline.ts';
import { externalFactors, externalFile, regressorFile } from '../../support/onnxFiles.ts';
import { nodeCommand, run, startMillwright, writeStages } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';

const mlmodel = 'flavors: {onnx: {data: model.onnx}, python_function: {loader_module: mlflow.onnx}}\n';

/** A command has made these files; the first is the model, or lies in its folder. */
function project(files: Readonly<Record<string, Uint8Array | string>>, path: string): string {
  const root = temporaryFolder('model files');
  for (const [name, content] of Object.entries({ 'secret.bin': externalFactors(), 'data.csv': 'a,b\n1,2\n3,4\n', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  writeStages(
    root,
    {
      export: { run: nodeCommand('0'), model: { path } },
      register: { uses: 'register', model: 'export', name: 'fx', alias: 'champion' },
    },
    { datasets: { rows: { path: 'data.csv' } } },
  );
  return root;
}

function failureOf({ stages }: PipelineResult): unknown {
  return stages.find(({ error }) => error !== undefined)?.error;
}

async function sources(root: string): Promise<readonly string[]> {
  await using registry = openStore({ root }).registry();
  return ((await registry.model('fx'))?.versions ?? []).map(({ source }) => source);
}

async function predict(root: string): Promise<PipelineResult> {
  const loaded = await loadProject(root);
  const files = { data: join(root, 'data.csv'), output: join(root, 'out.csv'), inputs: ['a', 'b'] };
  const options = { project: loaded.project!, environment: 'development', command: ['test'], secrets: [] } as const;
  return predictFile({ ...files, model: 'fx@champion' }, options);
}

const predictions = (root: string): number[] => readFileSync(join(root, 'out.csv'), 'utf8').trim().split('\n').slice(1).map(Number);

describe('a model with weights in a file of its own', () => {
  it('is registered whole, and anew when they change', async () => {
    const root = project({ 'out/m.onnx': externalFile('parts/w.bin'), 'out/parts/w.bin': externalFactors() }, 'out/m.onnx');
    expect(failureOf(await run(root))).toBeUndefined();
    expect(failureOf(await predict(root))).toBeUndefined();
    expect(predictions(root)).toEqual([1, 5]);
    writeFileSync(join(root, 'out/parts/w.bin'), externalFactors(4));
    expect(failureOf(await predict(root))).toBeUndefined(); // the version has its own
    expect(predictions(root)).toEqual([1, 5]);
    expect(failureOf(await run(root, { force: true }))).toBeUndefined();
    const [newer, older] = await sources(root);
    expect(readFileSync(join(older!, 'parts/w.bin'))).toEqual(Buffer.from(externalFactors()));
    expect(readFileSync(join(newer!, 'parts/w.bin'))).toEqual(Buffer.from(externalFactors(4)));
    writeFileSync(join(newer!, 'parts/w.bin'), externalFactors(5));
    expect(failureOf(await predict(root))).toMatchObject({ code: 'registry.digestMismatch' });
  });

  it('is registered as the folder that MLflow made', async () => {
    const files = { 'model/MLmodel': mlmodel, 'model/model.onnx': externalFile('w.bin'), 'model/w.bin': externalFactors() };
    const root = project(files, 'model/model.onnx');
    expect(failureOf(await run(root))).toBeUndefined();
    expect(readdirSync((await sources(root))[0]!).sort()).toEqual(['MLmodel', 'model.onnx', 'w.bin']);
    expect(failureOf(await predict(root))).toBeUndefined();
    expect(predictions(root)).toEqual([1, 5]);
  });

  const outside = externalFile('../secret.bin');
  const beside = externalFile('w.bin');
  const toSecret = (root: string, place: string): void => {
    symlinkSync(join(root, 'secret.bin'), join(root, place));
  };
  it.each<[string, Readonly<Record<string, Uint8Array | string>>, string, (root: string) => void, string]>([
    ['outside', { 'out/m.onnx': outside }, 'out/m.onnx', () => undefined, 'inference.weightsOutside'],
    [
      'outside of its folder',
      { 'm/MLmodel': mlmodel, 'm/model.onnx': outside },
      'm/model.onnx',
      () => undefined,
      'inference.weightsOutside',
    ],
    [
      'outside by a link',
      { 'out/m.onnx': beside },
      'out/m.onnx',
      (root) => {
        toSecret(root, 'out/w.bin');
      },
      'files.notPlain',
    ],
    [
      'behind a link in its folder',
      { 'm/MLmodel': mlmodel, 'm/model.onnx': beside },
      'm/model.onnx',
      (root) => {
        toSecret(root, 'm/w.bin');
      },
      'files.notPlain',
    ],
    ['nowhere', { 'out/m.onnx': beside }, 'out/m.onnx', () => undefined, 'inference.weightsMissing'],
  ])('that lies %s is refused by name, and nothing of it is registered', async (_where, files, path, make, code) => {
    const root = project(files, path);
    make(root);
    expect(failureOf(await run(root))).toMatchObject({ code });
    expect(await sources(root)).toEqual([]);
    expect(existsSync(join(root, 'mlruns/registered'))).toBe(false);
  });

  it('is refused, too, where another file of its folder is a link', async () => {
    const root = project({ 'm/MLmodel': mlmodel, 'm/model.onnx': regressorFile() }, 'm/model.onnx');
    symlinkSync(join(root, 'secret.bin'), join(root, 'm/notes.bin'));
    expect(failureOf(await run(root))).toMatchObject({ code: 'files.notPlain', message: expect.stringContaining('notes.bin') as string });
    expect(await sources(root)).toEqual([]);
  });
});

describe('a version', () => {
  async function registered(tags: readonly string[]): Promise<{ readonly root: string; readonly folder: string }> {
    const root = project({ 'out/m.onnx': regressorFile() }, 'out/m.onnx');
    expect(failureOf(await run(root))).toBeUndefined();
    using database = new DatabaseSync(join(root, 'mlflow.db'));
    for (const tag of tags) database.prepare('DELETE FROM model_version_tags WHERE key = ?').run(tag);
    return { root, folder: (await sources(root))[0]! };
  }

  it.each<[string, readonly string[], string | undefined]>([
    ['of today', [], undefined],
    [
      'of before all files had a digest',
      ['millwright.files'],
      'its graph alone is checked: it was registered before the digest of all files was kept',
    ],
    ['without any digest', ['millwright.files', 'millwright.digest'], 'its files are not checked: it was registered without their digests'],
  ])('%s says what was checked of it, wherever it is used', async (_which, tags, words) => {
    const { root, folder } = await registered(tags);
    const result = await predict(root);
    expect(failureOf(result)).toBeUndefined();
    const notes = result.stages.at(-1)!.notes;
    expect(notes.filter((note) => note.includes('checked'))).toEqual(words === undefined ? [] : [`fx@champion (version 1): ${words}.`]);
    const { stdout } = await startMillwright(root, ['models']);
    expect(String(stdout).includes('checked')).toBe(words !== undefined);
    if (words !== undefined) expect(stdout).toContain(words);

    writeFileSync(join(folder, 'MLmodel'), mlmodel);
    const beside = failureOf(await predict(root));
    if (words === undefined) expect(beside).toMatchObject({ code: 'registry.digestMismatch' });
    else expect(beside).toBeUndefined();
    writeFileSync(join(folder, 'model.onnx'), regressorFile({ producer: ['evil', '1'] }));
    const graph = failureOf(await predict(root));
    if (tags.includes('millwright.digest')) expect(graph).toBeUndefined();
    else expect(graph).toMatchObject({ code: 'registry.digestMismatch' });
  });
});
