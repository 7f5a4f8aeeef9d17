import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { limits } from '../../../src/engine/tracking/store/entryLimits.ts';
import { changesBetween, parametersOf, runBefore } from '../../../src/engine/tracking/runs/runChanges.ts';
import { runCurves, isStillImproving, roundOfTurn } from '../../../src/engine/tracking/runs/runCurves.ts';
import { failureOf, failureTags, settingsOf, settingsTags } from '../../../src/engine/tracking/runs/tags.ts';
import type { MetricPoint } from '../../../src/protocol/run.ts';
import { aRunOverview } from '../../support/runSheet.ts';

describe('the run that another is compared with', () => {
  const at = (id: string, startedAt: number, more = {}): ReturnType<typeof aRunOverview> => aRunOverview({ id, startedAt, ...more });
  const run = at('now', 100);

  it('is the newest earlier one that finished', () => {
    const runs = [run, at('later', 200), at('failed', 90, { status: 'FAILED' }), at('good', 80), at('older', 70)];
    expect(runBefore(run, runs)?.id).toBe('good');
  });

  it('is one that failed where none finished, and none of another experiment or level', () => {
    const runs = [at('failed', 90, { status: 'FAILED' }), at('other', 95, { experimentId: '2' }), at('nested', 95, { parentId: 'x' })];
    expect(runBefore(run, runs)?.id).toBe('failed');
    expect(runBefore(run, [run])).toBeUndefined();
  });
});

describe('what was changed', () => {
  const made = (settings: Record<string, string>): ReturnType<typeof aRunOverview> => aRunOverview({ tags: settingsTags(settings) });

  it('names settings first, then features, then data', () => {
    const before = made({
      'setting params.learning_rate': '0.1',
      'setting features.numeric': '["a"]',
      'dataset past': 'd1',
      'setting trainer': '"gbdt"',
    });
    const after = made({
      'setting params.learning_rate': '0.05',
      'setting features.numeric': '["b"]',
      'dataset past': 'd2',
      'setting trainer': '"gbdt"',
    });
    expect(changesBetween(before, after)?.map(({ name }) => name)).toEqual(['params.learning_rate', 'features.numeric', 'dataset past']);
  });

  it('leaves out what only a new version of Millwright changed', () => {
    expect(
      changesBetween(made({ 'usual metrics': 'm1', 'dataset past': 'd' }), made({ 'usual metrics': 'm2', 'dataset past': 'd' })),
    ).toEqual([]);
    expect(changesBetween(made({ 'dataset past': 'd' }), made({ 'usual metrics': 'm2', 'dataset past': 'd' }))).toEqual([]);
  });

  it('tells another data set once', () => {
    const changes = changesBetween(
      made({ 'setting dataset': '"a"', 'dataset a': '1' }),
      made({ 'setting dataset': '"b"', 'dataset b': '2' }),
    );
    expect(changes).toEqual([{ name: 'dataset', before: 'a', after: 'b' }]);
  });

  it('compares parameters and data of runs of other tools, and says nothing where nothing is known', () => {
    const input = { name: 'd', digest: '1', sourceType: '', source: '', schema: undefined, profile: undefined, context: 'training' };
    const before = aRunOverview({ params: { lr: '1', best_iteration: '7' }, inputs: [input] });
    const after = aRunOverview({ params: { lr: '2', best_iteration: '9' }, inputs: [{ ...input, digest: '2' }] });
    expect(changesBetween(before, after)?.map(({ name }) => name)).toEqual(['lr', 'dataset d (training)']);
    expect(changesBetween(aRunOverview(), after)).toBeUndefined();
  });

  it('knows the parameters of a run that has logged none yet', () => {
    const run = made({
      'setting params.max_iter': '60',
      'setting trainer': '"gbdt"',
      'setting features.numeric': '["a"]',
      'dataset past': 'd',
    });
    expect(parametersOf(run)).toEqual({ max_iter: '60', trainer: 'gbdt' });
  });

  it('keeps settings of any size within what MLflow stores, and equal ones stay equal', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 30 }), fc.string({ maxLength: 9000 }), { maxKeys: 12 }), (settings) => {
        const tags = settingsTags(settings);
        for (const value of Object.values(tags)) expect(value.length).toBeLessThanOrEqual(limits.tagValue);
        expect(changesBetween(aRunOverview({ tags }), aRunOverview({ tags: settingsTags(settings) })) ?? []).toEqual([]);
        expect(Object.keys(settingsOf({ tags }) ?? settings)).toEqual(Object.keys(settings));
      }),
      { numRuns: 60 },
    );
  });
});

describe('why a run failed', () => {
  it('comes back whole, or shortened where the store would cut it', () => {
    const error = new AppError('data.bad', 'Row 17 is bad.', { remedy: 'Mend it.', args: { row: 17 } });
    expect(failureOf({ tags: failureTags(error) })).toEqual(error.toRecord());
    const long = failureOf({ tags: failureTags(new AppError('data.bad', 'x'.repeat(20_000))) });
    expect(long?.code).toBe('data.bad');
    expect(failureOf({ tags: { 'millwright.failure': '{"code":' } })).toBeUndefined();
  });
});

describe('the curves of a run', () => {
  const points = (values: readonly number[]): MetricPoint[] => values.map((value, index) => ({ step: index + 1, value, timestamp: 0 }));

  it('groups what belongs into one chart, losses first, and leaves out what was measured once', () => {
    const histories = {
      training_roc_auc: points([0.5, 0.6]),
      validation_roc_auc: points([0.5, 0.6]),
      training_log_loss: points([3, 2]),
      validation_log_loss: points([3, 2]),
      roc_auc: points([0.7]),
    };
    const curves = runCurves(histories, undefined);
    expect(curves.map(({ quantity }) => quantity)).toEqual(['log_loss', 'roc_auc']);
    expect(curves[0]?.curves.map(({ metric }) => metric)).toEqual(['training_log_loss', 'validation_log_loss']);
  });

  it('leaves out the value of the kept round that is repeated at the end', () => {
    const [loss] = runCurves({ validation_log_loss: points([3, 1, 2, 1]) }, 2);
    expect(loss?.curves[0]?.steps).toEqual([1, 2, 3]);
  });

  it('hides points but no spike, and says how many', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 5000 }), (values) => {
        const [loss] = runCurves({ loss: points(values) }, undefined);
        const kept = loss?.curves[0]?.values ?? [];
        expect(kept.length).toBeLessThanOrEqual(600);
        expect(kept.length + (loss?.hidden ?? 0)).toBe(values.length);
        expect(Math.max(...kept)).toBe(Math.max(...values));
        expect(Math.min(...kept)).toBe(Math.min(...values));
        expect([kept[0], kept.at(-1)]).toEqual([values[0], values.at(-1)]);
        const steps = loss?.curves[0]?.steps ?? [];
        expect([...steps].sort((a, b) => a - b)).toEqual(steps);
      }),
      { numRuns: 40 },
    );
  });

  it('says whether validation was still improving at the end', () => {
    const fallsOn = points(Array.from({ length: 40 }, (_, round) => 1 / (round + 1)));
    const turned = points(Array.from({ length: 40 }, (_, round) => Math.abs(round - 20) + 1));
    const flat = points(Array.from({ length: 40 }, () => 1));
    const improving = (history: MetricPoint[]): boolean => runCurves({ validation_log_loss: history }, undefined).some(isStillImproving);
    expect([improving(fallsOn), improving(turned), improving(flat)]).toEqual([true, false, false]);
    const turn = (history: MetricPoint[]): number | undefined => runCurves({ validation_log_loss: history }, undefined).map(roundOfTurn)[0];
    expect([turn(fallsOn), turn(turned), turn(flat)]).toEqual([undefined, 21, undefined]);
  });
});
