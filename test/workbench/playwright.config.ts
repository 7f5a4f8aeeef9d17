/** The workbench tests: the packaged extension in a real VS Code, in the system's Chromium. */
import { defineConfig } from '@playwright/test';
import { join } from 'node:path';

const results = join(import.meta.dirname, '..', '..', 'test-results');

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '**/*.spec.ts',
  outputDir: join(results, 'workbench'),
  globalSetup: join(import.meta.dirname, 'support', 'setUp.ts'),
  // A window waits for most of its time: two at once, each in a VS Code of its own, take little more than one.
  workers: 2,
  fullyParallel: false,
  // A last resort only: every wait has a limit of its own. A whole life of a model takes a busy machine more than two minutes.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: { trace: 'off' },
});
