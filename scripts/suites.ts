/** The suites of `npm run check` and `npm test`: what each runs, and how its passed and failed checks are counted. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Tests that did not run, with the reason each gives. */
  readonly skipped: readonly string[];
  /** Tests that passed at the second attempt only. */
  readonly flaky?: readonly string[];
}

export interface Suite {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const tool = (path: string): string => join(root, 'node_modules', path);

/** Types of every runtime, by the native compiler. */
const types: Suite = { name: 'types', run: () => counted('types', tool('typescript-native/bin/tsc'), ['-b']) };
const lint: Suite = {
  name: 'lint',
  run: () => counted('lint', tool('eslint/bin/eslint.js'), ['-c', 'scripts/eslint.config.js', '--max-warnings', '0', '.']),
};
const format: Suite = {
  name: 'format',
  run: () => counted('format', tool('prettier/bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']),
};

export const quickSuites: readonly Suite[] = [types, lint, format, vitest('unit')];
/** What takes too long for every change. */
export const soakSuite: Suite = vitest('soak');
export const allSuites: readonly Suite[] = [...quickSuites, vitest('architecture'), vitest('integration'), vitest('interop'), playwright()];

/** One check: passed when the tool ends with 0. */
async function counted(name: string, script: string, args: readonly string[]): Promise<Counts> {
  const code = await runNode(script, args);
  if (code !== 0) console.log(`${name} failed.`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
}

function vitest(project: string): Suite {
  return {
    name: project,
    run: async () => {
      const report = freshReport(project);
      const code = await runNode(tool('vitest/vitest.mjs'), [
        'run',
        '--config=test/vitest.config.ts',
        `--project=${project}`,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ]);
      return atLeastOneFailure(code, readVitestReport(report));
    },
  };
}

function playwright(): Suite {
  return {
    name: 'workbench',
    run: async () => {
      const report = freshReport('workbench');
      const code = await runNode(
        tool('@playwright/test/cli.js'),
        ['test', '--config=test/workbench/playwright.config.ts', '--reporter=list,json'],
        {
          PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        },
      );
      return atLeastOneFailure(code, readPlaywrightReport(report));
    },
  };
}

function freshReport(name: string): string {
  mkdirSync(results, { recursive: true });
  const report = join(results, `${name}.json`);
  rmSync(report, { force: true });
  return report;
}

/** A runner that failed without naming a test (it crashed, found no tests, or a file did not load) still counts as one failure. */
function atLeastOneFailure(code: number, counts: Counts): Counts {
  const ok = code === 0 && counts.passed > 0;
  return ok ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

function readVitestReport(path: string): Counts {
  const report = readReport(path) as VitestReport | undefined;
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] };
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName);
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
}

function readPlaywrightReport(path: string): Counts {
  const report = readReport(path) as { readonly suites: readonly PlaywrightSuite[] } | undefined;
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] };
  const flatten = (suite: PlaywrightSuite): { title: string; status: string }[] => [
    ...(suite.specs ?? []).flatMap(({ title, tests }) => tests.map(({ status }) => ({ title, status }))),
    ...(suite.suites ?? []).flatMap(flatten),
  ];
  const tests = report.suites.flatMap(flatten);
  return {
    passed: tests.filter(({ status }) => status === 'expected' || status === 'flaky').length,
    failed: tests.filter(({ status }) => status === 'unexpected').length,
    skipped: tests.filter(({ status }) => status === 'skipped').map(({ title }) => title),
    flaky: tests.filter(({ status }) => status === 'flaky').map(({ title }) => title),
  };
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // the runner did not get as far as writing one
  }
}

/** Runs a script on the Node that runs this one and hands its output through. */
export async function runNode(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn(process.execPath, ['--no-warnings', script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 1);
    });
  });
}

/**
 * Runs suites one after the other and prints what each found.
 * The last line is `N passed, N failed`. Under `CI=true` a test that was skipped counts as failed.
 * @returns the exit code
 */
export async function runSuites(suites: readonly Suite[]): Promise<number> {
  const rows: { readonly name: string; readonly counts: Counts; readonly seconds: number }[] = [];
  for (const suite of suites) {
    console.log(`\n── ${suite.name} ──`);
    const startedAt = Date.now();
    const counts = await suite.run();
    rows.push({ name: suite.name, counts, seconds: (Date.now() - startedAt) / 1000 });
  }
  const strict = process.env.CI === 'true';
  console.log('');
  for (const { name, counts, seconds } of rows) {
    const skips = counts.skipped.length === 0 ? '' : `, ${counts.skipped.length} skipped`;
    console.log(
      `${name.padEnd(14)}${String(counts.passed).padStart(6)} passed${String(counts.failed).padStart(5)} failed${skips}  (${seconds.toFixed(0)} s)`,
    );
    for (const title of counts.skipped) console.log(`  skipped: ${title}`);
    for (const title of counts.flaky ?? []) console.log(`  passed at the second attempt only: ${title}`);
  }
  const passed = rows.reduce((sum, { counts }) => sum + counts.passed, 0);
  const failed = rows.reduce((sum, { counts }) => sum + counts.failed + (strict ? counts.skipped.length : 0), 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
