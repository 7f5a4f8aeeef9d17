/**
 * `npm test`: sets up what the tests need outside the clone (a real VS Code, Python environments), then runs every suite.
 * `npm test -- unit interop` runs the named ones, `npm test -- --changed` what the changes since main can reach.
 */
import { parseArgs } from 'node:util';
import { ensureChromium, ensureCodeServer } from './codeServer.ts';
import { packageExtension } from './package.ts';
import { ensurePythonEnvironment } from './pythonEnvironments.ts';
import { changedFiles, reachedTests, readSources } from './changedTests.ts';
import { allSuites, reachedSuites, runSuites } from './suites.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { changed: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !allSuites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. The suites are ${allSuites.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const named = positionals.length === 0 ? allSuites : allSuites.filter(({ name }) => positionals.includes(name));
const chosen = values.changed ? reachedSuites(named, reachedTests(readSources(), changedFiles())) : named;

/** What a suite needs besides the clone. */
const needs: Readonly<Record<string, () => Promise<void>>> = {
  integration: async () => {
    await ensureChromium(); // pages are opened in it
  },
  interop: async () => {
    await ensurePythonEnvironment('mlflow-newest');
    await ensurePythonEnvironment('mlflow-2');
  },
  workbench: async () => {
    await ensureCodeServer();
    await packageExtension();
  },
};

for (const { name } of chosen) {
  const prepare = needs[name];
  if (prepare === undefined) continue;
  console.log(`── set-up: ${name} ──`);
  await prepare();
}
process.exitCode = await runSuites(chosen);
