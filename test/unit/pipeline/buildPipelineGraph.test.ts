import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutGraph, mostDrawn } from '../../../src/engine/pipeline/views/layoutGraph.ts';
import { pipelineGraph } from '../../../src/engine/pipeline/views/buildPipelineGraph.ts';
import type { StageSpec } from '../../../src/engine/project/definitions/stage.ts';
import { parseProjectText } from '../../../src/engine/project/loadProject.ts';
import { stageDependencies, type StageGraphInput } from '../../../src/engine/project/graph/stageGraph.ts';
import type { PipelineGraph } from '../../../src/protocol/graph/pipelineGraph.ts';

const graphOf = (project: StageGraphInput): PipelineGraph => pipelineGraph(project, () => undefined);
const edgesOf = (project: StageGraphInput): string[] => graphOf(project).edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`);

/** Whether something leads from the one node to the other. */
function leads({ edges }: PipelineGraph, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) for (const edge of edges) if (edge.from === id) seen.add(edge.to);
  return seen.has(to);
}

describe('the graph of a project', () => {
  it('leads from the data over check, model and registry to the predictions', () => {
    const root = join(import.meta.dirname, '../../../examples/flight-delays');
    const { project, rangeOf } = parseProjectText(readFileSync(join(root, 'millwright.yaml'), 'utf8'), root);
    const graph = pipelineGraph(project ?? { datasets: {}, stages: {} }, rangeOf);
    expect(graph.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`).sort()).toEqual(
      [
        'dataset:flights data dataset:winter',
        'dataset:flights data dataset:spring',
        'dataset:winter data stage:check',
        'dataset:winter data stage:train',
        'stage:check check stage:train',
        'stage:train model model:train',
        'model:train model stage:evaluate',
        'dataset:spring data stage:evaluate',
        'registered:flight-delays@champion comparison stage:evaluate',
        'model:train model stage:register',
        'stage:evaluate order stage:register',
        'stage:register model registered:flight-delays@challenger',
        'registered:flight-delays@challenger model stage:predict',
        'dataset:spring data stage:predict',
        'stage:predict file file:predictions.parquet',
      ].sort(),
    );
    expect(graph.nodes.find(({ id }) => id === 'dataset:winter')).toMatchObject({ detail: 'before 2001-03-01', place: { line: 18 } });
    expect(layoutGraph(graph).shown).toBe('all');
    expect(graph.nodes.find(({ id }) => id === 'stage:train')).toMatchObject({ detail: 'train · gbdt', stage: 'train' });
  });

  it('joins commands by their files, and data sets to the stage that makes them', () => {
    const project: StageGraphInput = {
      datasets: { clean: { path: 'work/clean.csv' }, raw: { path: 'raw.csv' } },
      stages: {
        prepare: { run: 'python prepare.py', deps: ['raw.csv', 'prepare.py'], outs: ['work'] },
        fit: { run: 'python fit.py', deps: ['work/clean.csv'], model: { path: 'model.onnx' } },
        check: { uses: 'validate', dataset: 'clean' },
        measure: { uses: 'evaluate', model: 'fit', dataset: 'clean' },
        ship: { run: ['a', 'b'], deps: ['model.onnx'], needs: ['measure'] },
      },
    };
    expect(edgesOf(project)).toEqual(
      expect.arrayContaining([
        'file:raw.csv file stage:prepare',
        'file:raw.csv file dataset:raw',
        'stage:prepare file file:work',
        'file:work file stage:fit',
        'file:work file dataset:clean',
        'model:fit model stage:measure',
        'model:fit file stage:ship',
        'stage:measure order stage:ship',
      ]),
    );
    expect(edgesOf(project)).not.toContain('stage:prepare order stage:fit'); // the folder says it
  });

  it('draws many files with the same neighbours as one, and those with others each', () => {
    const outs = Array.from({ length: 120 }, (_, index) => `out/part ${index}.csv`);
    const { nodes, edges } = graphOf({
      datasets: {},
      stages: {
        split: { run: 'split', outs },
        join: { run: 'join', deps: outs.slice(0, 100) },
        look: { run: 'look', deps: ['out/part 0.csv'] },
      },
    });
    const files = nodes.filter(({ kind }) => kind === 'file');
    expect(files.map(({ title, detail, paths }) => [title, detail, paths.length])).toEqual([
      ['out/part 0.csv', 'output', 1],
      ['out/', '99 files', 99],
      ['out/', '20 files', 20],
    ]);
    expect(edges).toHaveLength(3 + 2 + 1);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  });

  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const paths = fc.constantFrom('x.csv', 'y/z.csv', 'y', './x.csv', 'w.onnx');
  const stage: fc.Arbitrary<StageSpec> = fc.oneof(
    fc.record({ run: fc.constant('run'), deps: fc.array(paths), outs: fc.array(paths), needs: fc.array(names) }),
    fc.record({ uses: fc.constant('validate' as const), dataset: names }),
    fc.record({ uses: fc.constant('train' as const), dataset: names, features: names }),
    fc.record({ uses: fc.constant('evaluate' as const), dataset: names, model: fc.oneof(names, fc.constant('m@best')) }),
    fc.record({ uses: fc.constant('register' as const), model: names, name: fc.constant('m'), alias: fc.constant('best') }),
    fc.record({
      uses: fc.constant('predict' as const),
      dataset: names,
      model: fc.constant('m@best'),
      output: paths,
      needs: fc.array(names),
    }),
  );
  const dataset = fc.oneof(
    paths.map((path) => ({ path })),
    names.map((from) => ({ from })),
    names.map((name) => ({ query: `SELECT * FROM ${name}` })),
  );
  const projects: fc.Arbitrary<StageGraphInput> = fc.record({
    datasets: fc.dictionary(names, dataset),
    stages: fc.dictionary(names, stage),
  });

  it('shows every order that stages have, joins only what it has, and gives everything a place', () => {
    fc.assert(
      fc.property(projects, (project) => {
        const graph = graphOf(project);
        const ids = new Set(graph.nodes.map(({ id }) => id));
        for (const { from, to } of graph.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
        for (const { stage: name, on } of stageDependencies(project)) expect(leads(graph, `stage:${on}`, `stage:${name}`)).toBe(true);
        const { nodes, edges, width, height } = layoutGraph(graph);
        expect(nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id));
        for (const box of nodes) {
          expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
        }
        for (const { points } of edges) expect(points.length).toBeGreaterThan(1);
      }),
      { numRuns: 60 },
    );
  });

  it('draws the stages alone where all would be too much, and nothing where they are too many', () => {
    const chain = (length: number): StageGraphInput => ({
      datasets: {},
      stages: Object.fromEntries(
        Array.from({ length }, (_, index) => [`s${index}`, { run: 'x', deps: [`f${index}`], outs: [`f${index + 1}`] }]),
      ),
    });
    const some = layoutGraph(graphOf(chain(mostDrawn / 2 + 50)));
    expect([some.shown, some.nodes.length, some.edges.length]).toEqual(['stages', mostDrawn / 2 + 50, mostDrawn / 2 + 49]);
    const many = graphOf(chain(1500));
    expect(many.nodes).toHaveLength(3001);
    expect(layoutGraph(many)).toEqual({ shown: 'nothing', width: 0, height: 0, nodes: [], edges: [] });
  });
});
