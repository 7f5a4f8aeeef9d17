/** One configuration, a project per kind of test; `npm test` runs them in this order, all but the last: that is `npm run soak`. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { asksForEntryPoints } from './support/builtEntryPoint.ts';

const root = new URL('..', import.meta.url).pathname;
/** Answers and marks of the tests' user: never those of the person who runs them. */
const env = { MILLWRIGHT_CONFIG_HOME: join(tmpdir(), `millwright-test-user-${process.pid}`) };
/** Processes that tests start hundreds of times need not compile their code each time. */
const processEnv = { ...env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/millwright-tests') };
const globalSetup = ['test/support/freshBuild.ts'];
/** They start what is shipped, from sources that are tested in the runner's own process. */
const resolve = { alias: [{ find: asksForEntryPoints, replacement: join(root, 'test/support/builtEntryPoint.ts') }] };

/** Tests of which `npm test` tries a sample (test/support/sweep.ts). */
const swept = [
  'test/integration/faults/data.test.ts',
  'test/integration/faults/damagedState.test.ts',
  'test/integration/faults/disk.test.ts',
  'test/integration/faults/killedChanges.test.ts',
  'test/integration/faults/kills.test.ts',
  'test/integration/faults/training.test.ts',
  'test/integration/language/bombs.test.ts',
  'test/integration/safety/everyPlace.test.ts',
  'test/integration/training/flightFeatures.test.ts',
  'test/interop/generatedModels.test.ts',
  'test/interop/scikitLearnMetrics.test.ts',
];

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      { root, test: { name: 'unit', env, include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, isolate: false } },
      { root, test: { name: 'architecture', env, include: ['test/architecture.test.ts', 'test/manifest.test.ts'], testTimeout: 60_000 } },
      {
        root,
        resolve,
        test: {
          name: 'integration',
          env: processEnv,
          globalSetup,
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'interop',
          env: processEnv,
          globalSetup,
          include: ['test/interop/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          maxWorkers: 2, // while one waits for Python, the other computes
        },
      },
      {
        root,
        resolve,
        test: {
          name: 'soak',
          env: { ...processEnv, MILLWRIGHT_SOAK: '1' },
          globalSetup,
          include: ['test/soak/**/*.test.ts', ...swept],
          testTimeout: 3_600_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
