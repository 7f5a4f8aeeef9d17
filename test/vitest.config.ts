/** One configuration, a project per kind of test; `npm test` runs them in this order. */
import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      { root, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { root, test: { name: 'architecture', include: ['test/architecture.test.ts', 'test/manifest.test.ts'], testTimeout: 60_000 } },
      {
        root,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        root,
        test: { name: 'interop', include: ['test/interop/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 900_000, maxWorkers: 1 },
      },
    ],
  },
});
