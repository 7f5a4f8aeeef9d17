/** "Train a Model from This File" in a real browser, from the first look at a file to the finished training. */
import { expect, test } from 'vitest';
import { remote, serve } from '../../../src/protocol/contracts/connection.ts';
import type { ColumnProfile, ProjectProposal, ProposalChoices } from '../../../src/protocol/dataset.ts';
import { trainFromFilePageEvents, trainFromFilePageRequests, type TrainFromFileView } from '../../../src/protocol/pages/pageContract.ts';
import { buildPages, cutTables, faintTexts, openWebview, tabStops, type WatchedTab } from '../../support/pages.ts';

const hostile = `<img src=x onerror="document.title='owned'">`;
const place = { file: 'data/customers.csv', folder: 'data/customers' };

const pages = buildPages();

function column(
  name: string,
  type: ColumnProfile['type'],
  top: readonly (readonly [string, number])[],
  distinct = top.length,
): ColumnProfile {
  return {
    name,
    type,
    storedAs: 'VARCHAR',
    missing: 0,
    distinct,
    distinctIsEstimate: false,
    min: undefined,
    max: undefined,
    mean: undefined,
    standardDeviation: undefined,
    infinite: 0,
    outliers: undefined,
    histogram: undefined,
    top: top.map(([value, count]) => ({ value, count })),
  };
}

const proposal: ProjectProposal = {
  name: 'customers',
  profile: {
    path: place.file,
    rows: 1000,
    columns: [
      column('id', 'integer', [], 1000),
      column('age', 'number', [], 71),
      column('rate', 'number', [
        ['3.200000047683716', 600],
        ['1.0', 400],
      ]),
      column('plan', 'category', [
        [hostile, 700],
        ['pro', 300],
      ]),
      column('churned', 'boolean', [
        ['false', 820],
        ['true', 180],
      ]),
    ],
  },
  target: 'churned',
  isDoubtful: false,
  warnings: [],
  candidates: [
    { column: 'churned', reason: 'Two values.' },
    { column: 'plan', reason: 'Two values.' },
    { column: 'age', reason: 'Numbers.' },
    { column: 'rate', reason: 'Numbers.' },
  ],
  task: 'binary',
  classes: [
    { value: 'false', share: 0.82 },
    { value: 'true', share: 0.18 },
  ],
  columns: [
    { column: 'churned', use: 'target', reason: 'Two values.', uses: [] },
    { column: 'id', use: 'ignored', reason: 'A different value in every row.', uses: ['numeric', 'categorical', 'ignored'] },
    { column: 'age', use: 'numeric', reason: 'Numbers.', uses: ['numeric', 'categorical', 'ignored'] },
    { column: 'plan', use: 'categorical', reason: 'Two values.', uses: ['categorical', 'ignored'] },
    { column: 'when', use: 'time', reason: 'Times.', uses: ['time', 'ignored'] },
    { column: 'sent', use: 'ignored', reason: 'Another time.', uses: ['time', 'ignored'] },
    { column: 'blob', use: 'ignored', reason: 'It is stored as BLOB.', uses: ['ignored'] },
  ],
  trainer: 'gbdt',
  split: 'time',
  metric: 'roc_auc',
  options: { trainers: ['gbdt', 'logistic'], splits: ['time', 'random'], metrics: ['roc_auc', 'log_loss', 'accuracy_score'] },
  reading: [],
  yaml: `name: customers # ${hostile}\n`,
};

const choosing: Extract<TrainFromFileView, { readonly state: 'choosing' }> = {
  ...place,
  state: 'choosing',
  choices: {},
  proposal,
  refreshing: false,
  problem: undefined,
};

interface TrainTab extends WatchedTab {
  readonly asked: (string | ProposalChoices)[];
  readonly show: (view: TrainFromFileView) => void;
}

async function openTrainPage(): Promise<TrainTab> {
  const asked: (string | ProposalChoices)[] = [];
  const { connection, load, ...tab } = await openWebview(pages, { page: 'trainFromFile' });
  const answer = (question: string | ProposalChoices): null => {
    asked.push(question);
    return null;
  };
  serve(connection, trainFromFilePageRequests, {
    ready: () => ({ revision: 1, view: { ...place, state: 'profiling' } as const }),
    choose: (choices) => {
      show({ ...choosing, choices, refreshing: true });
      return answer(choices);
    },
    train: () => answer('train'),
    repair: () => answer('repair'),
    stop: () => answer('stop'),
    openReport: () => answer('report'),
    openGraph: () => answer('graph'),
    openProjectFile: () => answer('file'),
    copy: ({ text }) => answer(text),
  });
  const events = remote(connection, trainFromFilePageEvents);
  let revision = 1;
  const show = (view: TrainFromFileView): void => {
    events.snapshot({ revision: ++revision, view });
  };
  await load();
  return { ...tab, asked, show };
}

test('offers what can be predicted with its class shares, and tells the host every choice', async () => {
  const { page, faults, asked, show } = await openTrainPage();
  await page.getByText('Reading the file and looking at its columns').waitFor();
  show(choosing);
  const targets = page.getByRole('radiogroup', { name: 'Predict' });
  await targets.waitFor();
  expect(await targets.getByRole('radio').count()).toBe(4);
  expect(await targets.getByRole('radio', { name: /churned/ }).isChecked()).toBe(true);
  expect(await targets.textContent()).toContain('false 82.0 % · true 18.0 %');
  expect(await targets.textContent()).toContain('3.2 60.0 % · 1 40.0 %');
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.locator('pre').textContent()).toBe(proposal.yaml);

  await targets.getByRole('radio', { name: /^plan/ }).check();
  await page.getByLabel('Use of age').selectOption('ignored');
  await expect
    .poll(() => asked)
    .toEqual([
      { target: 'plan', uses: [] },
      { target: 'plan', uses: [{ column: 'age', use: 'ignored' }] },
    ]);
  await page.getByText('Working out what follows').waitFor();
  expect(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
  expect(faults).toEqual([]);
});

test('offers only the uses a column can have, and what fits the target, and keeps every choice while others follow', async () => {
  const { page, faults, asked, show } = await openTrainPage();
  show(choosing);
  const optionsOf = (label: string): Promise<string[]> => page.getByLabel(label).getByRole('option').allTextContents();
  await page.getByLabel('Use of plan').waitFor();
  expect(await optionsOf('Use of plan')).toEqual(['categorical', 'left out']);
  expect(await optionsOf('Use of id')).toEqual(['numeric', 'categorical', 'left out']);
  expect(await page.getByLabel(/Use of (churned|blob)/).count()).toBe(0);
  expect(await page.getByLabel('Model').inputValue()).toBe('gbdt');
  await page.getByText('from 2 columns with gradient-boosted trees, judged on the latest rows by ROC AUC').waitFor();

  await page.getByLabel('Use of id').selectOption('left out');
  await page.getByLabel('Use of when').selectOption('time');
  await page.getByLabel('Use of sent').selectOption('time');
  await page.getByLabel('Model').selectOption('logistic regression');
  await page.getByLabel('Measured on').selectOption('rows drawn at random');
  await page.getByLabel('Judged by').selectOption('accuracy');
  const chosen = {
    uses: [
      { column: 'id', use: 'ignored' },
      { column: 'sent', use: 'time' },
    ],
    ...{ trainer: 'logistic', split: 'random', metric: 'accuracy_score' },
  };
  await expect.poll(() => asked.at(-1)).toEqual(chosen);
  expect(await page.getByLabel('Use of sent').inputValue()).toBe('time');
  await page.getByRole('radio', { name: /^rate/ }).check();
  await expect.poll(() => asked.at(-1)).toEqual({ target: 'rate', uses: chosen.uses, split: 'random' });
  await page.getByRole('button', { name: 'Back to What Is Proposed' }).click();
  await expect.poll(() => asked.at(-1)).toEqual({ target: 'rate' });
  expect(faults).toEqual([]);
});

test('says what is doubtful before it is chosen, what to look at, and why a choice could not be followed', async () => {
  const { page, faults, show } = await openTrainPage();
  const doubtful = { ...proposal, isDoubtful: true, warnings: ['"age" alone tells "churned".'], reading: ['"NA" means a missing value.'] };
  show({ ...choosing, proposal: doubtful });
  await page.getByText('Nothing says which column is to be predicted').waitFor();
  await page.getByText('"age" alone tells "churned".').waitFor();
  await page.getByText('"NA" means a missing value.').waitFor();
  const problem = {
    code: 'proposal.noFeatures',
    kind: 'input',
    message: 'No column is left.',
    remedy: 'Leave out fewer columns.',
  } as const;
  show({ ...choosing, proposal: doubtful, choices: { target: 'churned' }, problem });
  await page.getByRole('alert').getByText('Leave out fewer columns.').waitFor();
  expect(await page.getByText('Nothing says which column is to be predicted').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Train', exact: true }).isEnabled()).toBe(true);
  expect(faults).toEqual([]);
});

test('is read and worked by keyboard, in either theme, in a wide panel and a narrow one', async () => {
  const { page, faults, asked, show } = await openTrainPage();
  show({ ...choosing, proposal: { ...proposal, warnings: ['"age" alone tells "churned".'] } });
  await page.getByLabel('Model').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect({ colorScheme, faint: await faintTexts(page) }).toEqual({ colorScheme, faint: [] });
  }
  for (const width of [1100, 480]) {
    await page.setViewportSize({ width, height: 900 });
    expect({ width, cut: await cutTables(page) }).toEqual({ width, cut: [] });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  const stops = await tabStops(page);
  expect(stops).toEqual(expect.arrayContaining(['Use of age', 'Use of plan', 'Model', 'Measured on', 'Judged by', 'Train']));
  await page.getByLabel('Use of age').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => asked.at(-1)).toEqual({ uses: [{ column: 'age', use: 'categorical' }] });
  expect(faults).toEqual([]);
});

test('trains, stops, finishes and fails, each with what can be done next', async () => {
  const { page, faults, asked, show } = await openTrainPage();
  show(choosing);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const steps = [
    { stage: 'check', state: 'done', durationMs: 820 },
    { stage: 'train', state: 'running', durationMs: undefined },
  ] as const;
  show({ ...place, state: 'training', steps, activity: 'Round 40 of 300', fraction: 0.25, remainingMs: 9000, stopping: false });
  await page.getByText('Round 40 of 300 · about 9 s left').waitFor();
  expect(await page.getByRole('progressbar', { name: 'Training' }).getAttribute('value')).toBe('0.25');
  await page.getByRole('button', { name: 'Stop' }).click();
  show({ ...place, state: 'training', steps, activity: undefined, fraction: undefined, remainingMs: undefined, stopping: true });
  await page.getByText('Stopping…').waitFor();
  show({ ...place, state: 'stopped', steps: [] });
  await page.getByRole('button', { name: 'Train Again' }).click();
  const figure = {
    metric: 'roc_auc',
    model: { value: 0.81, low: 0.78, high: 0.84 },
    baseline: { value: 0.5, low: 0.5, high: 0.5 },
    higherIsBetter: true,
    pValue: undefined,
    pValueFloor: undefined,
  };
  show({ ...place, state: 'done', steps: [], summary: 'ROC AUC 0.81', figure });
  await page.getByText('0.7800 to 0.8400, baseline 0.5000').waitFor();
  expect(await page.locator('svg.interval').count()).toBe(1);
  await page.getByRole('button', { name: 'Open the Report' }).click();
  await page.getByRole('button', { name: 'Open the Pipeline Graph' }).click();
  const error = { code: 'dataset.noRows', kind: 'input', message: 'customers.csv has no rows.', remedy: 'Check the file.' } as const;
  show({ ...place, state: 'failed', error, retry: 'choose', repair: undefined });
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Read the File Again' }).click();
  await expect.poll(() => asked).toEqual(['train', 'stop', 'train', 'report', 'graph', {}]);
  show({ ...place, state: 'failed', error, retry: 'train', repair: 'Take NA for Missing' });
  await page.getByRole('button', { name: 'Take NA for Missing' }).click();
  await expect.poll(() => asked.at(-1)).toBe('repair');
  expect(await page.getByRole('button', { name: 'Try Again' }).count()).toBe(0);
  show({ ...place, state: 'failed', error: { ...error, kind: 'environment' }, retry: 'train', repair: undefined });
  await page.getByRole('button', { name: 'Try Again' }).click();
  await expect.poll(() => asked.at(-1)).toBe('train');
  expect(faults).toEqual([]);
});
