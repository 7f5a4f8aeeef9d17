/** What is known of a run from its first second, after it was changed, and after it failed. */
import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { listRunOverviews } from '../../../src/engine/pipeline/reports/runOverviews.ts';
import { readPipeline } from '../../../src/engine/pipeline/views/readPipeline.ts';
import { readRunSheet } from '../../../src/engine/pipeline/reports/readRunSheet.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { RunOverview, RunSheet } from '../../../src/protocol/run.ts';
import { runTitle } from '../../../src/protocol/words/runTitle.ts';
import { run, writeFiles } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';

interface Made {
  readonly rounds?: number;
  readonly numeric?: readonly string[];
  readonly target?: string;
  readonly order?: Readonly<Record<string, number>>;
}

function write(root: string, { rounds = 30, numeric = ['x', 'y'], target = 'late', order }: Made): void {
  const rows = Array.from({ length: 500 }, (_, id) => {
    const [x, y] = [((id * 7919) % 1000) / 10, ((id * 104_729) % 1000) / 10]; // no two rows alike
    return `${String(id)},${String(x)},${String(y)},${x + y > 90 + (id % 17) ? 'yes' : 'no'},${'abc'[id % 3] ?? ''}`;
  });
  const stages = {
    train: {
      uses: 'train',
      dataset: 'learn',
      features: 'f',
      params: { max_iter: rounds, learning_rate: 0.05, ...(order === undefined ? {} : { monotonic_cst: order }) },
    },
    evaluate: { uses: 'evaluate', model: 'train', dataset: 'test', metrics: ['log_loss', 'roc_auc'], gate: { roc_auc: { min: 0.1 } } },
    register: { uses: 'register', model: 'train', needs: ['evaluate'], name: 'sheet', alias: 'challenger' },
  };
  const datasets = { all: { path: 'd.csv' }, learn: { from: 'all', where: 'id < 350' }, test: { from: 'all', where: 'id >= 350' } };
  writeFiles(root, {
    'd.csv': ['id,x,y,late,kind', ...rows].join('\n'),
    'millwright.yaml': stringify({
      name: 'sheet',
      environment: 'development',
      datasets,
      features: { f: { target, numeric } },
      stages,
    }),
  });
}

async function overviews(root: string): Promise<RunOverview[]> {
  await using reader = openStore({ root }).tracking();
  return (await listRunOverviews(reader, { limit: 10, withNested: true })).map(({ run: overview }) => overview);
}

it('a run is known from its first second, says what was changed since the one before, and keeps why it failed', async () => {
  const root = temporaryFolder('sheet');
  write(root, {});
  await run(root);
  write(root, { rounds: 40, numeric: ['x'] });
  const seen: Promise<RunSheet>[] = [];
  const onEvent = (event: { readonly type: string; readonly runId?: string }): void => {
    if (event.type === 'run' && event.runId !== undefined) seen.push(readRunSheet(root, event.runId));
  };
  await run(root, {}, { onEvent });

  const [atStart] = await Promise.all(seen);
  expect(atStart).toMatchObject({
    run: { status: 'RUNNING', stage: 'train' },
    parameters: { max_iter: '40', learning_rate: '0.05', dataset: 'learn' },
    before: { headline: { name: 'log_loss' } },
  });
  const [second, first] = await overviews(root);
  expect(first).toMatchObject({ changes: undefined, evaluated: true, headline: { name: 'log_loss' } });
  expect(runTitle(second!)).toBe('train · max_iter 30 → 40, numeric − y');

  const sheet = await readRunSheet(root, second!.id);
  expect(sheet.curves[0]).toMatchObject({ quantity: 'log_loss', hidden: 0 });
  expect(sheet.curves[0]!.curves.map(({ metric, steps }) => [metric, steps.length])).toEqual([
    ['training_log_loss', 40],
    ['validation_log_loss', 40],
  ]);
  expect(sheet.hints).toEqual([expect.stringContaining('still improving at the last of 40 rounds')]);
  expect(sheet.evaluations).toMatchObject([{ stage: 'evaluate' }]);
  expect(sheet.versions).toMatchObject([{ model: 'sheet', version: 2 }]);
  expect(sheet.model).toMatch(/^mlruns\/.*\/model$/);
  // The same figure in every view.
  const stages = Object.fromEntries((await readPipeline(root)).stages.map(({ name, metric }) => [name, metric]));
  expect(stages.evaluate).toEqual(second!.headline);

  write(root, { target: 'kind', order: { x: 1 } });
  await run(root, { stages: ['train'] });
  const [latest] = await overviews(root);
  expect(latest).toMatchObject({ status: 'FAILED', failure: { code: 'training.monotonicClasses', kind: 'input' }, evaluated: false });
  expect((await readRunSheet(root, latest!.id)).before?.id).toBe(second!.id);
});
