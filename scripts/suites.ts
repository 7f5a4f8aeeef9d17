/** The suites of `npm run check` and `npm test`: what each runs, and how its passed and failed checks are counted. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** The tests that the runner reported one by one. */
  readonly tests: readonly TestResult[];
}

interface TestResult {
  readonly title: string;
  /** `flaky` passed at the second attempt only. */
  readonly outcome: 'passed' | 'flaky' | 'failed' | 'skipped';
  readonly seconds: number;
}

export interface Suite {
  readonly name: string;
  /** The tests that belong to it. */
  readonly holds: (test: string) => boolean;
  /** @param tests only these of its tests; all where nothing is said */
  readonly run: (tests?: readonly string[]) => Promise<Counts>;
  /** It takes one core for long: the quick suites after it run meanwhile. */
  readonly leavesRoom?: true;
}

const tool = (path: string): string => join(root, 'node_modules', path);

/** Types of every runtime, by the native compiler. */
const types: Suite = { name: 'types', holds: none, run: () => counted('types', tool('typescript-native/bin/tsc'), ['-b']) };
const lint: Suite = {
  name: 'lint',
  holds: none,
  leavesRoom: true,
  run: () => counted('lint', tool('eslint/bin/eslint.js'), ['-c', 'scripts/eslint.config.js', '--max-warnings', '0', '.']),
};
const format: Suite = {
  name: 'format',
  holds: none,
  run: () => counted('format', tool('prettier/bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']),
};

export const quickSuites: readonly Suite[] = [lint, types, format, vitest('unit')];
/** What takes too long for every change. */
export const soakSuite: Suite = vitest('soak');
export const allSuites: readonly Suite[] = [
  ...quickSuites,
  vitest('architecture', (test) => /^test\/[^/]+$/.test(test)),
  vitest('integration'),
  vitest('interop'),
  playwright(),
];

/** One check: passed when the tool ends with 0. */
async function counted(name: string, script: string, args: readonly string[]): Promise<Counts> {
  const code = await runNode(script, args);
  if (code !== 0) console.log(`${name} failed.`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, tests: [] };
}

/** It looks at everything, whatever was changed. */
function none(): boolean {
  return false;
}

function vitest(project: string, holds = (test: string): boolean => test.startsWith(`test/${project}/`)): Suite {
  return {
    name: project,
    holds,
    run: async (tests = []) => {
      const report = freshReport(project);
      const code = await runNode(tool('vitest/vitest.mjs'), [
        'run',
        '--config=test/vitest.config.ts',
        `--project=${project}`,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...tests,
      ]);
      return atLeastOneFailure(code, readVitestReport(report));
    },
  };
}

function playwright(): Suite {
  return {
    name: 'workbench',
    holds: (test) => test.startsWith('test/workbench/'),
    run: async (tests = []) => {
      const report = freshReport('workbench');
      const code = await runNode(
        tool('@playwright/test/cli.js'),
        ['test', '--config=test/workbench/playwright.config.ts', '--reporter=list,json', ...tests],
        { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
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

/** What a runner that wrote no report leaves. */
const nothingReported: Counts = { passed: 0, failed: 1, tests: [] };

const count = (tests: readonly TestResult[]): Counts => ({
  passed: tests.filter(({ outcome }) => outcome === 'passed' || outcome === 'flaky').length,
  failed: tests.filter(({ outcome }) => outcome === 'failed').length,
  tests,
});

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly duration?: number | null }[];
  }[];
}

function readVitestReport(path: string): Counts {
  const report = readReport(path) as VitestReport | undefined;
  if (report === undefined) return nothingReported;
  return count(
    report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ status, fullName, duration }) => ({
        title: `${relative(root, name)}: ${fullName}`,
        outcome: status === 'passed' || status === 'failed' ? status : 'skipped',
        seconds: (duration ?? 0) / 1000,
      })),
    ),
  );
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly { readonly status: string; readonly results: readonly { readonly duration: number }[] }[];
  }[];
}

const playwrightOutcomes: Readonly<Record<string, TestResult['outcome']>> = { expected: 'passed', flaky: 'flaky', skipped: 'skipped' };

function readPlaywrightReport(path: string): Counts {
  const report = readReport(path) as { readonly suites: readonly PlaywrightSuite[] } | undefined;
  if (report === undefined) return nothingReported;
  const flatten = (suite: PlaywrightSuite): TestResult[] => [
    ...(suite.specs ?? []).flatMap(({ title, file, tests }) =>
      tests.map(({ status, results: attempts }) => ({
        title: `${file}: ${title}`,
        outcome: playwrightOutcomes[status] ?? 'failed',
        seconds: attempts.reduce((sum, { duration }) => sum + duration, 0) / 1000,
      })),
    ),
    ...(suite.suites ?? []).flatMap(flatten),
  ];
  return count(report.suites.flatMap(flatten));
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

/** The suites with no more than the tests that what was changed can reach; those that look at everything stay whole. */
export function reachedSuites(suites: readonly Suite[], tests: readonly string[]): readonly Suite[] {
  return suites.flatMap((suite) => {
    if (suite.holds === none) return [suite];
    const own = tests.filter(suite.holds);
    return own.length === 0 ? [] : [{ ...suite, run: () => suite.run(own) }];
  });
}

/**
 * Runs suites one after the other, but for those that leave room, and prints what each found, every test that did not pass by its name.
 * The last line is `N passed, N failed`. Under `CI=true` a test that was skipped counts as failed.
 * `test-results/summary.md` keeps the same, with the slowest tests.
 * @returns the exit code
 */
export async function runSuites(suites: readonly Suite[]): Promise<number> {
  const running: Promise<Row>[] = [];
  for (const suite of suites) {
    if (!quickSuites.some(({ name }) => name === suite.name)) await Promise.all(running);
    const row = runSuite(suite);
    running.push(row);
    if (suite.leavesRoom !== true) await row;
  }
  const rows = await Promise.all(running);
  const strict = process.env.CI === 'true';
  const passed = rows.reduce((sum, { counts }) => sum + counts.passed, 0);
  const failed = rows.reduce((sum, { counts }) => sum + counts.failed + (strict ? withOutcome(counts, 'skipped').length : 0), 0);
  const lines = [...rows.flatMap(linesOf), '', `${passed} passed, ${failed} failed`];
  writeFileSync(join(results, 'summary.md'), summary(lines, rows));
  console.log(`\n${lines.join('\n')}`);
  return failed === 0 ? 0 : 1;
}

async function runSuite(suite: Suite): Promise<Row> {
  console.log(`\n── ${suite.name} ──`);
  const startedAt = Date.now();
  const counts = await suite.run();
  return { name: suite.name, counts, seconds: (Date.now() - startedAt) / 1000 };
}

interface Row {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
}

const withOutcome = ({ tests }: Counts, outcome: TestResult['outcome']): readonly TestResult[] =>
  tests.filter((test) => test.outcome === outcome);

function linesOf({ name, counts, seconds }: Row): readonly string[] {
  const skipped = withOutcome(counts, 'skipped');
  const skips = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  return [
    `${name.padEnd(14)}${String(counts.passed).padStart(6)} passed${String(counts.failed).padStart(5)} failed${skips}  (${seconds.toFixed(0)} s)`,
    ...withOutcome(counts, 'failed').map(({ title }) => `  failed: ${title}`),
    ...skipped.map(({ title }) => `  skipped: ${title}`),
    ...withOutcome(counts, 'flaky').map(({ title }) => `  passed at the second attempt only: ${title}`),
  ];
}

function summary(lines: readonly string[], rows: readonly Row[]): string {
  const slowest = rows
    .flatMap(({ counts }) => counts.tests)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 20);
  return [
    '# What the tests found',
    '',
    '```text',
    ...lines,
    '```',
    '',
    '## The slowest',
    '',
    '| seconds | test |',
    '| ---: | --- |',
    ...slowest.map(({ seconds, title }) => `| ${seconds.toFixed(1)} | ${title.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
}
