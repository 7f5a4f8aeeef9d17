import { describe, expect, it } from 'vitest';
import { orderStages, planGraph, selectStages } from '../../../src/engine/pipeline/plan/graph.ts';
import type { Project } from '../../../src/engine/project/definitions/project.ts';

type Source = Pick<Project, 'stages' | 'datasets'>;

const life: Source = {
  datasets: { all: { path: 'data/all.csv' }, winter: { from: 'all' }, spring: { from: 'all' } },
  stages: {
    register: { uses: 'register', model: 'train', name: 'flights', alias: 'challenger', needs: ['evaluate'] },
    predict: { uses: 'predict', model: 'flights@challenger', dataset: 'spring', output: 'out.csv', needs: ['register'] },
    evaluate: { uses: 'evaluate', model: 'train', dataset: 'spring' },
    train: { uses: 'train', dataset: 'winter', features: 'f' },
    check: { uses: 'validate', dataset: 'winter' },
    report: { run: 'python report.py', deps: ['out.csv'] },
    other: { run: 'echo' },
  },
};

const after = (source: Source, stage: string): string[] => [...planGraph(source).get(stage)!.after].sort();
const reads = (source: Source, stage: string): string[] => [...planGraph(source).get(stage)!.reads].sort();

describe('planGraph', () => {
  it('follows from what stages consume and make', () => {
    expect(after(life, 'train')).toEqual(['check']);
    expect(after(life, 'evaluate')).toEqual(['train']);
    expect(after(life, 'register')).toEqual(['evaluate', 'train']);
    expect(after(life, 'predict')).toEqual(['register']);
    expect(after(life, 'report')).toEqual(['predict']);
    expect(after(life, 'other')).toEqual([]);
  });

  it('tells what is read from what only comes before', () => {
    expect(reads(life, 'train')).toEqual([]); // a check makes nothing
    expect(reads(life, 'register')).toEqual(['evaluate', 'train']); // whether the alias may move
    expect(reads(life, 'predict')).toEqual(['register']); // it moves the alias
    expect(reads(life, 'report')).toEqual(['predict']);
  });
});

describe('a registration that moves an alias', () => {
  const source = (stages: Source['stages']): Source => ({ datasets: life.datasets, stages: { ...life.stages, ...stages } });

  it('waits for every evaluation of its model', () => {
    const stages = source({
      register: { uses: 'register', model: 'train', name: 'flights', alias: 'challenger' },
      late: { uses: 'evaluate', model: 'train', dataset: 'winter' },
      other: { uses: 'evaluate', model: 'flights@champion', dataset: 'winter' },
    });
    expect(after(stages, 'register')).toEqual(['evaluate', 'late', 'train']);
    expect(reads(stages, 'register')).toEqual(['evaluate', 'late', 'train']);
    expect(after(source({ register: { uses: 'register', model: 'train', name: 'flights' } }), 'register')).toEqual(['train']);
  });

  it('does not wait for an evaluation that comes after it', () => {
    const stages = source({
      register: { uses: 'register', model: 'train', name: 'flights', alias: 'challenger' },
      evaluate: { uses: 'evaluate', model: 'train', dataset: 'spring', needs: ['predict'] },
    });
    expect(after(stages, 'register')).toEqual(['train']);
    expect(orderStages(planGraph(stages))).toContain('evaluate');
  });
});

describe('selectStages', () => {
  const graph = planGraph(life);

  it('orders all stages', () => {
    expect(selectStages(graph, {})).toEqual(['check', 'train', 'evaluate', 'register', 'predict', 'report', 'other']);
  });

  it('brings what a stage needs', () => {
    expect(selectStages(graph, { stages: ['evaluate'] })).toEqual(['check', 'train', 'evaluate']);
  });

  it('goes on downstream when asked to', () => {
    expect(selectStages(graph, { stages: ['predict'], downstream: true })).toEqual([
      'check',
      'train',
      'evaluate',
      'register',
      'predict',
      'report',
    ]);
  });

  it('names the nearest stage for a misspelt one', () => {
    expect(() => selectStages(graph, { stages: ['trian'] })).toThrow(
      expect.objectContaining({
        code: 'pipeline.noSuchStage',
        kind: 'usage',
        remedy: expect.stringContaining('Did you mean train?') as string,
      }),
    );
  });

  it('refuses a cycle and shows it', () => {
    const round: Source = {
      datasets: {},
      stages: { a: { run: 'a', needs: ['b'] }, b: { run: 'b', needs: ['c'] }, c: { run: 'c', needs: ['a'] } },
    };
    expect(() => orderStages(planGraph(round))).toThrow(
      expect.objectContaining({ code: 'pipeline.cycle', message: expect.stringMatching(/[abc] → [abc] → [abc] → [abc]/) as string }),
    );
  });
});
