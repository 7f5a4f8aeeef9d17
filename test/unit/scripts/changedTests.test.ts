import { expect, test } from 'vitest';
import { reachedTests, readSources } from '../../../scripts/changedTests.ts';

const sources = new Map([
  ['src/base/entryPoint.ts', "const sources = { stage: 'workers/stage.ts' };"],
  ['src/engine/scan.ts', ''],
  ['src/engine/pool.ts', "import { scan } from './scan.ts';\nfork(entryPoint('stage'));"],
  ['src/workers/stage.ts', "import '../engine/deep.ts';"],
  ['src/engine/deep.ts', ''],
  ['src/cli/main.ts', "const { pool } = await import('../engine/pool.ts');"],
  ['test/support/millwright.ts', "const cli = join(import.meta.dirname, '../../dist/cli.cjs');"],
  ['test/support/python/score.py', ''],
  ['test/architecture.test.ts', ''],
  ['test/unit/scan.test.ts', "import { scan } from '../../src/engine/scan.ts';"],
  ['test/integration/cli.test.ts', "import { millwright } from '../support/millwright.ts';"],
  ['test/interop/score.test.ts', "await runPython('mlflow-newest', 'score.py', {});"],
]);

test.each([
  ['what is imported', ['src/engine/scan.ts'], ['test/integration/cli.test.ts', 'test/unit/scan.test.ts']],
  ['what is started as a process of a process', ['src/engine/deep.ts'], ['test/integration/cli.test.ts']],
  ['what is named as a script', ['test/support/python/score.py'], ['test/interop/score.test.ts']],
  ['a test itself', ['test/unit/scan.test.ts'], ['test/unit/scan.test.ts']],
  ['documents', ['docs/data.md'], ['test/unit/scan.test.ts']],
  ['nothing', [], []],
])('%s', (_, changed, tests) => {
  expect(reachedTests(sources, changed)).toEqual(['test/architecture.test.ts', ...tests]);
});

test.each(['package-lock.json', 'scripts/build.ts', 'src/engine/deleted.ts'])('%s may reach every test', (path) => {
  expect(reachedTests(sources, [path])).toEqual([...sources.keys()].filter((name) => name.endsWith('.test.ts')).sort());
});

test('in this project every test reaches some source, and a deep one reaches the real editor', () => {
  const real = readSources();
  const tests = [...real.keys()].filter((path) => /^test\/.*\.(test|spec)\.ts$/.test(path));
  const reached = new Set(
    reachedTests(
      real,
      [...real.keys()].filter((path) => /^(src|webview-ui)\//.test(path)),
    ),
  );
  expect(tests.filter((path) => !reached.has(path) && !path.startsWith('test/unit/scripts/'))).toEqual([]);
  expect(reachedTests(real, ['src/engine/training/trainModel.ts'])).toContain('test/workbench/pipeline.spec.ts');
});
