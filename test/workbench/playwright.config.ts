/** The workbench tests: the packaged extension in a real VS Code, in the system's Chromium. */
import { defineConfig } from '@playwright/test';
import { join } from 'node:path';

const results = join(import.meta.dirname, '..', '..', 'test-results');

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '**/*.spec.ts',
  outputDir: join(results, 'workbench'),
  globalSetup: join(import.meta.dirname, 'support', 'setUp.ts'),
  // One real VS Code, one page at a time: two would fight for the cores that the trainings need.
  workers: 1,
  fullyParallel: false,
  // A last resort only: every wait has a limit of its own. A whole life of a model takes a busy machine more than two minutes.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: { trace: 'off' },
});
