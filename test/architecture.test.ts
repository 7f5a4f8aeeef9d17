/** The dependency rule holds, and each of its checks catches a planted fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ambiguousNames,
  crowdedFolders,
  doorViolations,
  findDoorViolations,
  findViolations,
  readArrows,
  readImports,
  type ImportMap,
  type Violation,
} from './support/architecture.ts';
import { compilePlanted, type Plant } from './support/plantedTypes.ts';

const root = join(import.meta.dirname, '..');
const arrows = readArrows(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
const product = readImports(root, ['src', 'webview-ui']);

describe('the product', () => {
  it('keeps the dependency rule', () => {
    expect(findViolations(product, arrows)).toEqual([]);
  });

  it('changes the file system through base alone', () => {
    expect(findDoorViolations(root, ['src', 'webview-ui'])).toEqual([]);
  });

  it('has a row in the table of arrows for every engine folder, and no row without a folder', () => {
    const folders = readdirSync(join(root, 'src/engine')).sort();
    expect([...arrows.keys()].sort()).toEqual(folders);
  });

  it('has every file that "To add" names', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('## To add')[1] ?? '';
    const named = [...text.matchAll(/`([\w./-]+\.(?:ts|md|py|json))`/g)].map(([, name = '']) => name);
    const folders = ['src', 'test', 'docs', 'scripts'];
    const files = [
      ...readdirSync(root),
      ...folders.flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
      ),
    ];
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !files.some((file) => `/${file.replaceAll('\\', '/')}`.endsWith(`/${name}`)))).toEqual([]);
  });

  it('has only the top-level entries that the design names', () => {
    const allowed =
      /^(package(-lock|\.nls)?\.json|tsconfig\.json|src|media|webview-ui|test|examples|bench|docs|findings|scripts|README\.md|SECURITY\.md|ARCHITECTURE\.md|CONTRIBUTING\.md|CHANGELOG\.md|LICENSE|node_modules|dist|out|test-results|\..+)$/;
    expect(readdirSync(root).filter((name) => !allowed.test(name))).toEqual([]);
  });

  it('has no folder in which a file would have to be searched for', () => {
    expect(crowdedFolders(product.keys())).toEqual([]);
  });

  it('has no two files of one name that are something else', () => {
    expect(ambiguousNames(product.keys())).toEqual([]);
  });

  it('has no barrels and no files without a name of their own', () => {
    const nameless = [...product.keys()].filter((file) => /(^|\/)(index|utils?|helpers?|common|types|misc|.*[mM]anager)\.tsx?$/.test(file));
    expect(nameless).toEqual([]);
  });
});

describe('a planted fault is found', () => {
  const clean = new Map<string, readonly string[]>([
    ['src/base/errors.ts', []],
    ['src/protocol/run.ts', ['../base/errors.ts']],
    ['src/engine/safety/change.ts', ['../../base/errors.ts']],
    ['src/engine/tracking/sqlite/runWriter.ts', []],
    ['src/engine/tracking/changes.ts', ['./sqlite/runWriter.ts', '../safety/change.ts']],
    ['src/engine/data/read.ts', ['../project/load.ts']],
    ['src/engine/project/load.ts', []],
    ['src/cli/main.ts', ['../engine/data/read.ts']],
    ['src/extension/main.ts', ['vscode', '../protocol/run.ts']],
    ['webview-ui/report/page.tsx', ['../../src/protocol/run.ts', 'react']],
  ]);
  const table = readArrows(
    '## Arrows inside the engine\n\n| capability | may import |\n|---|---|\n| safety | |\n| project | |\n| data | project |\n| tracking | safety |\n',
  );

  const plant = (file: string, ...imports: string[]): Map<string, readonly string[]> =>
    new Map([...clean, [file, [...(clean.get(file) ?? []), ...imports]]]);
  const rules = (files: ImportMap): Violation['rule'][] => [...new Set(findViolations(files, table).map(({ rule }) => rule))];

  it.each(["import { writeFile } from 'node:fs/promises';", "import { rmSync as read } from 'node:fs';", "import * as files from 'fs';"])(
    '%s',
    (text) => {
      expect(doorViolations('src/engine/data/read.ts', text).map(({ rule }) => rule)).toEqual(['door']);
    },
  );

  it('a crowded folder, and a name in two rooms', () => {
    const crowd = Array.from({ length: 26 }, (_, index) => `src/base/f${index}.ts`);
    expect(crowdedFolders(crowd)).toEqual(['src/base: 26']);
    expect(
      ambiguousNames(['src/engine/evaluation/scorer.ts', 'src/workers/scorer.ts', 'src/cli/commands/jobs.ts', 'src/cli/render/jobs.ts']),
    ).toEqual(['scorer']);
  });

  it('starts from a tree without faults', () => {
    expect(findViolations(clean, table)).toEqual([]);
  });

  it.each<[string, Violation['rule'], ImportMap]>([
    ['base imports the protocol', 'layer', plant('src/base/clock.ts', '../protocol/run.ts')],
    ['the engine imports an entry point', 'layer', plant('src/engine/data/read.ts', '../../cli/render.ts')],
    ['an entry point imports another', 'layer', plant('src/cli/main.ts', '../extension/main.ts')],
    ['the extension imports the engine', 'layer', plant('src/extension/main.ts', '../engine/data/read.ts')],
    ['a page imports the engine', 'layer', plant('webview-ui/report/page.tsx', '../../src/engine/data/read.ts')],
    ['production code imports a test', 'outside', plant('src/cli/main.ts', '../../test/support/architecture.ts')],
    ['vscode is named outside the extension', 'confined', plant('src/protocol/run.ts', 'vscode')],
    ['a process is started outside base/process', 'confined', plant('src/engine/data/read.ts', 'node:child_process')],
    ['execa is used outside base/process', 'confined', plant('src/cli/main.ts', 'execa')],
    ['a command knows the terminal', 'confined', plant('src/cli/commands/jobs.ts', '../terminal.ts')],
    ['a writer is reached without change()', 'writer', plant('src/cli/main.ts', '../engine/tracking/sqlite/runWriter.ts')],
    ['an arrow is not in the table', 'arrow', plant('src/engine/project/load.ts', '../safety/change.ts')],
    ['a capability has no row', 'arrow', plant('src/engine/serving/serve.ts', '../data/read.ts')],
    [
      'two files import each other, if only for types',
      'cycle',
      plant('src/base/errors.ts', './clock.ts').set('src/base/clock.ts', ['./errors.ts']),
    ],
    [
      'two rooms of a capability depend on each other',
      'room',
      plant('src/engine/data/sql/quote.ts', '../files/path.ts')
        .set('src/engine/data/files/path.ts', [])
        .set('src/engine/data/files/read.ts', ['../sql/name.ts'])
        .set('src/engine/data/sql/name.ts', []),
    ],
    ['a page reaches Node through the protocol', 'browser', plant('src/protocol/run.ts', 'node:fs')],
  ])('%s', (_title, rule, files) => {
    expect(rules(files)).toContain(rule);
  });

  it('sees type imports as imports', () => {
    const folder = join(root, 'test/support');
    const imports = readImports(folder, ['.']);
    expect([...imports.keys()]).toContain('architecture.ts');
    expect(readImports(root, ['src/protocol']).get('src/protocol/contracts/connection.ts')).toContain('./contract.ts');
  });
});

describe('the compiler asks for what is forgotten', () => {
  const stages = 'src/engine/project/definitions/stage.ts';
  const commands = 'src/engine/project/definitions/stages/runStage.ts';
  const plants: readonly (Plant & { readonly title: string; readonly asked: string | readonly string[]; readonly says: RegExp })[] = [
    {
      title: 'the formula of a metric of numbers',
      file: 'src/protocol/tables/metrics.ts',
      before: '  ndcg_at_k: {',
      after: "  planted_error: { ...error, label: 'planted error' },\n  ndcg_at_k: {",
      asked: 'src/engine/evaluation/metrics/regressionMetrics.ts',
      says: /planted_error/,
    },
    {
      title: 'the formula of a metric of decisions',
      file: 'src/protocol/tables/metrics.ts',
      before: '  roc_auc_macro: {',
      after: "  planted_score: { ...decision, label: 'planted score' },\n  roc_auc_macro: {",
      asked: 'src/engine/evaluation/metrics/confusionMetrics.ts',
      says: /planted_score/,
    },
    {
      title: 'the words of a hyperparameter',
      file: 'src/protocol/tables/trainers.ts',
      before: '  class_weight: [],',
      after: '  planted_parameter: [],\n  class_weight: [],',
      asked: 'src/engine/project/definitions/stages/hyperparameters.ts',
      says: /planted_parameter/,
    },
    {
      title: 'how a trainer learns',
      file: 'src/protocol/tables/trainers.ts',
      before: '  logistic: {\n',
      after:
        "  planted: { words: () => '', tasks, learner: 'trees', stopsEarly: false, parameters: {}, proposed: {}, synonyms: [] },\n  logistic: {\n",
      asked: 'src/engine/training/fit/fitEstimator.ts',
      says: /planted/,
    },
    {
      title: 'a way to read a format of files, and to find its fault',
      file: 'src/protocol/tables/fileFormats.ts',
      before: '  jsonl: {',
      after:
        "  planted: { label: 'Planted', endings: ['planted'], offered: [], written: [], isText: false, isColumnar: false },\n  jsonl: {",
      asked: ['src/engine/data/files/tableSource.ts', 'src/engine/data/files/fileFailure.ts'],
      says: /planted/,
    },
    {
      title: 'what a data check does',
      file: 'src/protocol/tables/dataChecks.ts',
      before: '  duplicates: {',
      after: "  planted: { of: 'column', asks: '', words: () => '', severity: 'warn' },\n  duplicates: {",
      asked: 'src/engine/data/validation/columnChecks.ts',
      says: /planted/,
    },
    {
      title: 'the words of a limit',
      file: 'src/protocol/tables/dataChecks.ts',
      before: '  min_rows: 1,',
      after: '  min_rows: 1,\n  planted_rows: 1e9,',
      asked: 'src/engine/project/definitions/limits.ts',
      says: /planted_rows/,
    },
    {
      title: 'how jobs run at a place',
      file: 'src/protocol/job.ts',
      before: "jobPlaces = ['process'",
      after: "jobPlaces = ['process', 'planted'",
      asked: 'src/engine/jobs/backendOf.ts',
      says: /planted/,
    },
    {
      title: 'how a kind of store is read',
      file: 'src/engine/stores/storePlace.ts',
      before: "const schemes = ['sqlite'",
      after: "const schemes = ['sqlite', 'planted'",
      asked: 'src/engine/stores/openStore.ts',
      says: /planted/,
    },
    {
      title: 'how a kind of store is written',
      file: 'src/engine/stores/storePlace.ts',
      before: "const schemes = ['sqlite'",
      after: "const schemes = ['sqlite', 'kept'",
      asked: 'src/engine/stores/openStoreWriter.ts',
      says: /kept/,
    },
    {
      title: 'the keys, the role, the checks, the plan and the executor of a kind of stage',
      file: 'src/protocol/tables/stageKinds.ts',
      before: '  predict: {',
      after: '  planted: {},\n  predict: {',
      asked: [
        stages,
        'src/engine/project/checks/checkStages.ts',
        'src/engine/pipeline/stages/plans.ts',
        'src/engine/pipeline/stages/dispatch.ts',
      ],
      says: /planted/,
    },
    {
      title: 'what a key of a stage does to its result',
      file: commands,
      before: "export const runStage = stageKeys('Runs a command of yours.', {",
      after: "export const runStage = stageKeys('Runs a command of yours.', {\n  retries: z.int(),",
      asked: commands,
      says: /retries/,
    },
    {
      title: 'what reads a format of documents',
      file: 'src/protocol/tables/documentFormats.ts',
      before: '  projectFile: {',
      after: "  planted: { names: ['*.planted'], languages: ['markdown'], wakes: false },\n  projectFile: {",
      asked: 'src/language/formats.ts',
      says: /planted/,
    },
    {
      title: 'what answers a question of the editor',
      file: 'src/protocol/contracts/engineContract.ts',
      before: 'export const engineContract = {',
      after: 'export const engineContract = {\n  weather: query<{ root: string }, string>(),',
      asked: 'src/workers/engineHandlers.ts',
      says: /weather/,
    },
  ];

  let found: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    found = await compilePlanted(root, plants);
  }, 120_000);

  it.each(plants)('for $title', ({ asked, says }) => {
    for (const file of [asked].flat()) expect(found.get(file)).toMatch(says);
  });
});

describe('the compiler holds the rows of the extension to its code', () => {
  const rows = 'src/extension/commands/contributions.ts';
  const extension = 'src/extension/extension.ts';
  const plants: readonly (Plant & { readonly title: string; readonly asked: string; readonly says: RegExp })[] = [
    {
      title: 'a command without a handler',
      file: rows,
      before: 'export const generalCommands = {',
      after: "export const generalCommands = {\n  'millwright.view.collapse': command({ title: 'Collapse', needs: 'nothing' }),",
      asked: 'src/extension/commands/generalCommands.ts',
      says: /millwright\.view\.collapse/,
    },
    {
      title: 'a handler without a command',
      file: extension,
      before: '    ...runPages.commands,',
      after: "    ...runPages.commands,\n    'millwright.no.such': () => undefined,",
      asked: extension,
      says: /millwright\.no\.such/,
    },
    {
      title: 'commands of a room that are not contributed',
      file: 'src/extension/contributions.ts',
      before: '    ...trialCommands,\n',
      after: '',
      asked: extension,
      says: /millwright\.pipeline\.trySample/,
    },
    {
      title: 'a view without a tree',
      file: 'src/extension/host/conditions.ts',
      before: "export type ViewName = 'pipelines'",
      after: "export type ViewName = 'jobs' | 'pipelines'",
      asked: 'src/extension/views/showViews.ts',
      says: /jobs/,
    },
    {
      title: 'a condition that names what nothing sets',
      file: 'src/extension/pages/contributions.ts',
      before: "when: ['millwright.report.active']",
      after: "when: ['millwright.report.shown']",
      asked: 'src/extension/pages/contributions.ts',
      says: /millwright\.report\.shown/,
    },
    {
      title: 'a command in a title bar without an icon',
      file: rows,
      before: "    icon: 'run-all',\n",
      after: '',
      asked: rows,
      says: /navigation@1/,
    },
    {
      title: 'a command that does not say whether it needs trust',
      file: rows,
      before: "    icon: 'refresh',\n    needs: 'nothing',\n",
      after: "    icon: 'refresh',\n",
      asked: rows,
      says: /needs/,
    },
    {
      title: 'a setting that is read and has no row',
      file: 'src/extension/projectFile/projectLenses.ts',
      before: "readSetting('codeLens.enabled'",
      after: "readSetting('codeLens.shown'",
      asked: 'src/extension/projectFile/projectLenses.ts',
      says: /codeLens\.shown/,
    },
  ];

  let found: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    found = await compilePlanted(root, plants, 'src/extension');
  }, 120_000);

  it.each(plants)('$title', ({ asked, says }) => {
    expect(found.get(asked)).toMatch(says);
  });
});
