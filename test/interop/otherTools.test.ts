/** Models of other tools between Millwright and real MLflow: registered files of commands load there, ONNX models logged there predict here. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { loadProject } from '../../src/engine/project/loadProject.ts';
import { predictFile } from '../../src/engine/pipeline/predictFile.ts';
import type { Project } from '../../src/engine/project/definitions/project.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import { run, writeFiles } from '../support/millwright.ts';
import { regressorFile } from '../support/onnxFiles.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const rows = Array.from({ length: 40 }, (_, row) => {
  const [a, b] = [((row * 7) % 40) / 40, ((row * 11) % 40) / 40];
  return `${a},${b},${a + ((row * 13) % 7) / 20 >= b ? 'yes' : 'no'}`;
});

/** A command makes the model: it copies a file, as a script would export one. */
const yaml = `name: others
environment: development
datasets: {rows: {path: data.csv}}
stages:
  export: {run: "cp source.onnx model.onnx", deps: [source.onnx], outs: [model.onnx], model: {path: model.onnx}}
  register: {uses: register, model: export, name: fx, alias: champion}
`;

async function project(): Promise<Project> {
  const root = makeFolder('others');
  folders.push(root);
  writeFiles(root, { 'millwright.yaml': yaml, 'data.csv': ['a,b,kind', ...rows].join('\n') });
  const loaded = await loadProject(root);
  if (loaded.project === undefined) throw new Error('the project has mistakes');
  return loaded.project;
}

interface Loaded {
  readonly versions: Readonly<Record<string, { readonly numbers: readonly number[]; readonly digest: string }>>;
  readonly predicted: readonly number[];
  readonly of_frame: readonly number[];
}

const frame = [
  [0.1, 0.2],
  [0.4, 0.3],
  [0.9, 0.1],
] as const;
const near = (numbers: readonly number[]): number[] => numbers.map((number) => expect.closeTo(number, 5) as number);

describe('the ONNX file of a command', () => {
  it('is registered as a copy, so that every version keeps its bytes and MLflow loads each', async () => {
    const { root } = await project();
    const files = [regressorFile(), regressorFile({ producer: ['othertool', '2'], nodes: [doubled] })];
    for (const file of files) {
      writeFileSync(join(root, 'source.onnx'), file);
      expect((await run(root)).exitCode).toBe(0);
    }
    expect((await run(root)).stages.map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
    await using registry = openStore({ root }).registry();
    const sources = (await registry.model('fx'))?.versions.map(({ source }) => source) ?? [];
    expect(new Set(sources).size).toBe(2);
    for (const environment of ['mlflow-2', 'mlflow-newest'] as const) {
      const loaded = await runPython<Loaded>(environment, 'registered_files.py', { cwd: root, args: ['fx', 'champion'] });
      const expected = frame.map(([a, b]) => 3 * a - b + 0.5);
      expect(loaded.versions).toEqual({
        1: { numbers: near(expected), digest: sha256(files[0] ?? '') },
        2: { numbers: near(expected.map((number) => 2 * number)), digest: sha256(files[1] ?? '') },
      });
      expect(loaded.predicted).toEqual(near(expected.map((number) => 2 * number)));
      expect(loaded.of_frame).toEqual(loaded.predicted);
    }
  });
});

const doubled = {
  operator: 'LinearRegressor',
  domain: 'ai.onnx.ml',
  inputs: ['X'],
  outputs: ['variable'],
  attributes: { coefficients: [6, -2], intercepts: [1] },
} as const;

describe('a model that was logged by MLflow', () => {
  it.each(['mlflow-2', 'mlflow-newest'] as const)(
    'of %s predicts here as it does there; a pickle is refused by its flavor',
    async (environment) => {
      const own = await project();
      const { root } = own;
      const { probabilities } = await runPython<{ probabilities: number[] }>(environment, 'log_onnx.py', { cwd: root, args: ['data.csv'] });
      const common = { data: join(root, 'data.csv'), output: join(root, 'out.csv'), keep: ['kind'] };
      const options = { project: own, environment: 'development', command: ['test'], secrets: [] } as const;
      const result = await predictFile({ ...common, model: 'by-mlflow@champion' }, options);
      expect(result.stages.at(-1)?.error).toBeUndefined();
      const lines = readFileSync(join(root, 'out.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
      expect(lines.map((line) => Number(line[2]))).toEqual(near(probabilities));
      expect(result.stages.at(-1)?.notes.join(' ')).toContain('The model was made by hand 1, not by Millwright.');
      const refused = await predictFile({ ...common, model: 'pickled@champion' }, options);
      expect(refused.stages.at(-1)?.error?.code).toBe('inference.otherFlavor');
    },
  );
});
