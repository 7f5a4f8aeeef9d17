/** The graph's states, and its forms for other programs: names come from files that nobody checked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphMermaid } from '../../../src/protocol/graph/graphMermaid.ts';
import { versionNamed, nodeStatuses, type GraphFacts } from '../../../src/protocol/graph/graphStatus.ts';
import { graphSvg, palettes } from '../../../src/protocol/graph/graphSvg.ts';
import { drawable, shortened, textWidth } from '../../../src/protocol/graph/graphText.ts';
import { layoutGraph } from '../../../src/engine/pipeline/views/layoutGraph.ts';
import { awkwardNames } from '../../support/awkwardNames.ts';
import { aGraph, aModel, aStage } from '../../support/pipelineGraph.ts';

const statusesOf = (facts: Partial<GraphFacts>): ReturnType<typeof nodeStatuses> =>
  nodeStatuses(aGraph(), { stages: [], models: [], progress: {}, ...facts });

describe('the states of the nodes', () => {
  it('follow from the stage that makes them', () => {
    const made = { durationMs: 4000, finishedAt: 1, runId: 'r', metric: { name: 'roc_auc', value: 0.7013 } };
    const statuses = statusesOf({
      stages: [
        aStage({
          name: 'check',
          kind: 'validate',
          state: 'done',
          check: { verdict: 'warned', failed: 0, warned: 1, rows: 1234, checkedAt: 1 },
        }),
        aStage({ name: 'train', state: 'stale', reasons: ['params.learning_rate changed 0.1 → 0.07\nmore'], ...made }),
        aStage({ name: 'register', kind: 'register', state: 'waiting' }),
      ],
      models: [
        aModel({
          name: 'm',
          versions: [
            [4, []],
            [3, ['best']],
          ],
        }),
      ],
    });
    expect(statuses['stage:train']).toMatchObject({ state: 'stale', words: 'params.learning_rate changed 0.1 → 0.07' });
    expect(statuses['model:train']).toMatchObject({ state: 'stale', words: 'of an earlier run' });
    expect(statuses['stage:check']?.words).toBe('1 warning');
    expect(statuses['dataset:all']).toMatchObject({ state: undefined, words: '1,234 rows · 1 warning' });
    expect(statuses['registered:m@best']).toMatchObject({ state: 'waiting', words: 'version 3' });
  });

  it('say what runs, what was never made and what failed', () => {
    const running = statusesOf({
      stages: [
        aStage({ name: 'train', state: 'running' }),
        aStage({ name: 'register', kind: 'register', state: 'failed', reasons: ['no'] }),
      ],
      progress: { train: { message: 'Round 40 of 300', fraction: 0.131, remainingMs: undefined } },
    });
    expect(running['stage:train']).toMatchObject({ words: 'Round 40 of 300 · 13 %', progress: { fraction: 0.131 } });
    expect(running['model:train']?.words).toBe('is being made');
    expect(running['registered:m@best']?.words).toBe('not registered yet');
    const failed = statusesOf({
      stages: [
        aStage({ name: 'train', state: 'failed', reasons: ['No rows.'] }),
        aStage({ name: 'register', kind: 'register', state: 'blocked', reasons: ['train did not succeed'] }),
      ],
    });
    expect(failed['stage:register']?.words).toBe('train did not succeed');
    expect([failed['stage:train']?.words, failed['model:train']?.state, failed['model:train']?.words]).toEqual([
      'No rows.',
      'blocked',
      'not made yet',
    ]);
  });

  it('find the version that a reference means', () => {
    const models = [
      aModel({
        name: 'm',
        versions: [
          [12, []],
          [3, ['best', 'a']],
        ],
      }),
      aModel({ name: 'm@x', versions: [[1, ['y']]] }),
    ];
    expect(['m', 'm@best', 'm@a', 'm/3', 'm/4', 'm@x@y', 'n'].map((title) => versionNamed(title, models))).toEqual([
      12,
      3,
      3,
      3,
      undefined,
      1,
      undefined,
    ]);
  });
});

const label = /^ {2}n\d+(\[\(|\[\/|\[|\{\{|\(\[)"((?:[\p{L}\p{N} ._\-/,()=+@·…–]|#\d+;|<br\/>)+)"(\)\]|\/\]|\]|\}\}|\]\))$/u;

describe('the Mermaid flowchart', () => {
  it('shows nodes, edges and states', () => {
    const statuses = statusesOf({ stages: [aStage({ name: 'train', state: 'done' })] });
    expect(graphMermaid({ project: 'p', graph: aGraph(), statuses }).split('\n')).toEqual([
      'flowchart TD',
      '  n0[("all<br/>all.csv")]',
      '  n1["check<br/>validate"]',
      '  n2["train<br/>done"]',
      '  n3{{"model of train<br/>not made yet"}}',
      '  n4["register<br/>register"]',
      '  n5(["m@best<br/>not registered yet"])',
      '  n0 --> n1',
      '  n0 --> n2',
      '  n1 -. checked .-> n2',
      '  n2 --> n3',
      '  n3 --> n4',
      '  n4 --> n5',
      '  classDef fresh stroke:#3a9a4a',
      '  class n2,n3 fresh',
      '',
    ]);
  });

  it('lets no name leave its label, whatever it is', () => {
    fc.assert(
      fc.property(awkwardNames, (name) => {
        const graph = { nodes: aGraph().nodes.map((node) => ({ ...node, title: name, detail: name })), edges: [] };
        const [head, ...lines] = graphMermaid({ project: name, graph, statuses: {} }).trimEnd().split('\n');
        expect(head).toBe('flowchart TD');
        expect(lines).toHaveLength(graph.nodes.length);
        for (const line of lines) expect(line).toMatch(label);
      }),
    );
  });
});

describe('the picture', () => {
  it('is one element per line, with nothing but attributes and escaped texts, whatever the names are', () => {
    fc.assert(
      fc.property(awkwardNames, (name) => {
        const graph = { nodes: aGraph().nodes.map((node) => ({ ...node, title: name, detail: name })), edges: aGraph().edges };
        const svg = graphSvg({ project: name, graph, layout: layoutGraph(graph), statuses: {} }, palettes.light);
        expect(
          svg.replace(/<(svg|title|rect|g|path|text)( [a-z-]+="[^"<>]*"| xmlns="[^"]*")*\/?>|<\/(svg|title|g|text)>/gi, ''),
        ).not.toMatch(/[<>]/);
        expect(svg).not.toMatch(/&(?!#\d+;)/);
        expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ufffe\uffff\u202a-\u202e]/);
        expect(svg.isWellFormed()).toBe(true);
        expect(svg).not.toMatch(/(script|style|href|url\()/i.test(name) ? /$^/ : /<script|<style|href|url\(/i);
      }),
    );
  });

  it('shortens what is too long for its box', () => {
    fc.assert(
      fc.property(awkwardNames, fc.integer({ min: 20, max: 200 }), (name, room) => {
        expect(textWidth(shortened(name, 'title', room), 'title')).toBeLessThanOrEqual(room);
      }),
    );
    expect(shortened('flights', 'title', 100)).toBe('flights');
    expect(drawable('a\u0000b\nc\u202ed\ud800')).toBe('a\ufffdb c\ufffdd\ufffd');
  });
});
