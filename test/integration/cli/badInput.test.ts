import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFiles } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';
import { contentOf, failuresIn, millwright } from './millwrightProcess.ts';

const rows = Array.from({ length: 60 }, (_, index) => `${index},${index % 7},${index % 3 === 0 ? 'yes' : 'no'}`);
const goodCsv = `id,x,late\n${rows.join('\n')}\n`;
const flightsParquet = join(import.meta.dirname, '../../../node_modules/vega-datasets/data/flights-3m.parquet');

const project = (dataset: string, stages = 'train: {uses: train, dataset: data, features: f}') => `name: bad
environment: development
datasets:
  data: ${dataset}
features:
  f: {target: late, numeric: [x]}
stages:
  ${stages}
`;
const csvProject = project('{path: data.csv}');

interface BadInput {
  readonly what: string;
  readonly yaml: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Run before the command. */
  readonly prepare?: (root: string) => void;
  /** The failure's code, and where it is pinned. */
  readonly code: RegExp;
  readonly at?: { readonly line: number; readonly column?: number };
  readonly exit?: number;
}

/** Every kind of bad input, with the exit code it ends in (3 unless said). */
const inputs: readonly BadInput[] = [
  { what: 'broken YAML', yaml: 'name: [x\nstages: {}\n', code: /^project\./, at: { line: 2 } },
  {
    what: 'an unknown key',
    yaml: csvProject.replace('dataset: data', 'dataste: data'),
    code: /^project\.unknownKey$/,
    at: { line: 8, column: 24 },
  },
  { what: 'a wrong type', yaml: `seed: many\n${csvProject}`, code: /^project\./, at: { line: 1, column: 7 } },
  {
    what: 'a cycle',
    yaml: 'name: x\nenvironment: development\nstages:\n  a: {run: echo, needs: [b]}\n  b: {run: echo, needs: [a]}\n',
    code: /^project\.stageCycle$/,
  },
  { what: 'a missing file', yaml: csvProject, code: /^dataset\./ },
  { what: 'an empty file', yaml: csvProject, files: { 'data.csv': '' }, code: /^dataset\./ },
  { what: 'a CSV with a header only', yaml: csvProject, files: { 'data.csv': 'id,x,late\n' }, code: /./ },
  {
    what: 'a Parquet file cut in half',
    yaml: project('{path: data.parquet}'),
    prepare: (root) => {
      writeFileSync(join(root, 'data.parquet'), readFileSync(flightsParquet).subarray(0, 6_000_000));
    },
    code: /^dataset\./,
  },
  {
    what: 'a CSV whose rows have differing widths',
    yaml: csvProject,
    files: { 'data.csv': goodCsv.replace('\n7,', '\n7,8,9,10,') },
    code: /^dataset\./,
  },
  { what: 'a column that is not there', yaml: csvProject.replace('[x]', '[y]'), files: { 'data.csv': goodCsv }, code: /./ },
  {
    what: 'a column of another type than declared',
    yaml: project('{path: data.csv, columns: {x: {type: integer}}}'),
    files: { 'data.csv': goodCsv.replace('\n7,0', '\n7,seven') },
    code: /^dataset\./,
  },
  {
    what: 'bytes that are not UTF-8',
    yaml: csvProject,
    prepare: (root) => {
      writeFileSync(join(root, 'data.csv'), Buffer.from(goodCsv.replace('\n7,0,no', '\n7,0,n\u00f6'), 'latin1'));
    },
    code: /^dataset\./,
  },
  {
    what: 'an output that leaves the project',
    yaml: project('{path: data.csv}', 'out: {uses: predict, model: "m@a", dataset: data, output: ../outside.parquet}'),
    files: { 'data.csv': goodCsv },
    code: /./,
  },
  { what: 'no rows after where', yaml: project('{path: data.csv, where: "x > 99"}'), files: { 'data.csv': goodCsv }, code: /./ },
  {
    what: 'an expression that fails',
    yaml: project('{path: data.csv, where: "nosuch > 1"}'),
    files: { 'data.csv': goodCsv },
    code: /^dataset\./,
  },
  {
    what: 'a query that writes',
    yaml: project('{query: "COPY (SELECT 1) TO \'stolen.csv\'"}'),
    files: { 'data.csv': goodCsv },
    code: /^dataset\./,
  },
];

describe('bad input gets a clear error, and loses nothing:', () => {
  test.each(inputs)('$what', async ({ yaml, files, prepare, code, at, exit }) => {
    const root = temporaryFolder();
    writeFiles(root, { 'millwright.yaml': yaml, ...files });
    prepare?.(root);
    const before = contentOf(root);
    const ended = await millwright(root, ['run', '--json']);
    const failures = failuresIn(ended.stdout);
    const failure = failures.find((each) => code.test(each.code)) ?? failures[0];
    expect({ exit: ended.code, code: failure?.code, message: failure?.message }).toEqual({
      exit: exit ?? 3,
      code: expect.stringMatching(code) as string,
      message: expect.stringMatching(/\w+ \w+/) as string,
    });
    expect(`${failure?.message ?? ''} ${failure?.remedy ?? ''}`).toMatch(
      /must|legal|declare|save|check|choose|correct|give|add|remove|take|name|write|export|change|widen|did you mean|quote|bracket|has:|columns are|looked for/i,
    );
    if (at !== undefined) expect(failure?.at).toMatchObject({ file: join(root, 'millwright.yaml'), ...at });
    expect(ended.stderr).toContain(`[${failure?.code ?? ''}]`);
    expect(ended.stderr).not.toMatch(/\n\s+at \S+ \(/); // no stack trace
    const left = contentOf(root);
    delete left['mlflow.db']; // the run that failed is on record
    expect(left).toEqual(before);
  });
});

describe('a wrong command line ends with 2:', () => {
  test.each([
    ['an unknown command', ['rnu'], /unknown command 'rnu'/],
    ['an unknown option', ['run', '--frce'], /unknown option '--frce'/],
    ['an option without its value', ['run', '--note'], /argument missing/],
    ['a wrong value', ['audit', '--limit', 'many'], /whole number/],
    ['a path that --set cannot read', ['run', '--set', 'params.x'], /path=value/],
    ['a key that --set does not find', ['run', '--set', 'stages.trian.params.max_iter=3'], /train/],
    ['an unknown stage', ['run', 'trian'], /trian/],
    ['an unknown job', ['cancel', '0123'], /0123/],
    ['an unknown run', ['runs', 'ffff'], /ffff/],
    ['a line the audit log does not have', ['undo', '7'], /7/],
    ['init without data', ['init', '--project', 'new'], /Which data file/],
  ])('%s', async (_, args, text) => {
    const root = temporaryFolder();
    writeFiles(root, { 'millwright.yaml': csvProject, 'data.csv': goodCsv });
    const ended = await millwright(root, args);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 2, stderr: expect.stringMatching(text) as string });
    expect(ended.stdout).toBe('');
  });

  test('no project', async () => {
    const ended = await millwright(temporaryFolder(), ['status']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('[project.notFound]');
  });

  test('an environment that nobody said, where nobody can be asked', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'millwright.yaml': csvProject.replace('environment: development\n', ''), 'data.csv': goodCsv });
    const ended = await millwright(root, ['run', '--json']);
    expect({ code: ended.code, failure: failuresIn(ended.stdout)[0]?.code }).toEqual({ code: 2, failure: 'project.environmentUnknown' });
    expect(Object.keys(contentOf(root))).toEqual(['data.csv', 'millwright.yaml']);
  });

  test('a change in production without ticket and approval', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'millwright.yaml': csvProject.replace('development', 'production'), 'data.csv': goodCsv });
    expect((await millwright(root, ['run'])).stderr).toContain('[safety.ticketMissing]');
    const ticketed = await millwright(root, ['run', '--ticket', 'CHG-1']);
    expect({ code: ticketed.code, stderr: ticketed.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('[safety.approvalMissing]') as string,
    });
  });
});

test('every problem of a project file is shown, each at its place with its source', async () => {
  const root = temporaryFolder();
  writeFiles(root, { 'millwright.yaml': `seed: many\n${csvProject.replace('dataset: data', 'dataste: data')}` });
  const { stderr } = await millwright(root, ['validate']);
  expect(stderr).toMatch(/^millwright\.yaml:1:7: error: .* \[project\.\w+\]\n {2}1 \| seed: many\n {4}\| {7}\^{4}\n/m);
  expect(stderr).toMatch(/^millwright\.yaml:9:24: error: /m);
});
