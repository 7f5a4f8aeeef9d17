/** Runs as lists and pages show them. */
import type { RunCurve, RunOverview, RunSheet } from '../../src/protocol/run.ts';

export function aRunOverview(run: Partial<RunOverview> = {}): RunOverview {
  return {
    id: '0123456789abcdef0123456789abcdef',
    name: 'train',
    experimentId: '1',
    experimentName: 'weather',
    status: 'FINISHED',
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    endedAt: Date.UTC(2026, 0, 2, 3, 4, 9),
    deleted: false,
    parentId: undefined,
    children: 0,
    artifactUri: '/p/mlruns/1',
    params: {},
    metrics: {},
    tags: {},
    inputs: [],
    models: [],
    stage: 'train',
    note: undefined,
    beforeId: undefined,
    changes: undefined,
    headline: undefined,
    failure: undefined,
    evaluated: false,
    ...run,
  };
}

/** A curve that falls from `from` by rounds. */
export function aCurve(metric: string, from: number, rounds: number): RunCurve {
  const steps = Array.from({ length: rounds }, (_, round) => round + 1);
  return { metric, steps, values: steps.map((step) => from / Math.sqrt(step)) };
}

export function aRunSheet(sheet: Partial<RunSheet> = {}): RunSheet {
  return {
    run: aRunOverview({
      metrics: { training_log_loss: 0.31, validation_log_loss: 0.42, validation_roc_auc: 0.81, roc_auc: 0.78, log_loss: 0.45 },
      headline: { name: 'roc_auc', value: 0.78 },
      changes: [{ name: 'params.learning_rate', before: '0.1', after: '0.05' }],
      beforeId: 'f'.repeat(32),
      inputs: [
        {
          name: 'past',
          digest: 'd'.repeat(36),
          sourceType: 'local',
          source: '{"uri":"data/a.csv"}',
          schema: undefined,
          profile: undefined,
          context: 'training',
        },
      ],
    }),
    project: 'rain',
    parameters: { learning_rate: '0.05', max_iter: '60', trainer: 'gbdt' },
    before: { id: 'f'.repeat(32), title: 'train', startedAt: Date.UTC(2026, 0, 2, 3, 0, 0), headline: { name: 'roc_auc', value: 0.75 } },
    parent: undefined,
    progress: undefined,
    curves: [{ quantity: 'log_loss', curves: [aCurve('training_log_loss', 0.6, 60), aCurve('validation_log_loss', 0.65, 60)], hidden: 0 }],
    bestRound: 60,
    evaluations: [{ stage: 'evaluate', verdict: { tone: 'good', sign: '▲', message: 'Better than always predicting the mean.' } }],
    versions: [],
    model: 'mlruns/1/a/artifacts/model',
    nested: [],
    hints: [],
    ...sheet,
  };
}
