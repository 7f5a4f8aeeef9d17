/** The pipeline graph page in a real browser: as an exported file, and in a webview's place with a real connection. */
import { describe, expect, test } from 'vitest';
import { remote, serve } from '../../../src/protocol/contracts/connection.ts';
import { layoutGraph } from '../../../src/engine/pipeline/views/layoutGraph.ts';
import { nodeStatuses } from '../../../src/protocol/graph/graphStatus.ts';
import { graphSvg } from '../../../src/protocol/graph/graphSvg.ts';
import { graphPageEvents, graphPageRequests, type GraphView, type ReadyReports } from '../../../src/protocol/pages/pageContract.ts';
import { readGraphSave } from '../../../src/protocol/pages/pageParameters.ts';
import type { StageSummary } from '../../../src/protocol/pipeline.ts';
import type { PipelineGraph } from '../../../src/protocol/graph/pipelineGraph.ts';
import type { StageProgress } from '../../../src/protocol/run.ts';
import { buildPages, cutTables, faintTexts, openExported, openWebview, tabStops } from '../../support/pages.ts';
import { aGraph, aModel, aStage } from '../../support/pipelineGraph.ts';
import { hostile } from '../../support/validationReport.ts';

const pages = buildPages();

const stages: readonly StageSummary[] = [
  aStage({
    name: 'check',
    kind: 'validate',
    state: 'unchanged',
    check: { verdict: 'warned', failed: 0, warned: 1, rows: 1234, checkedAt: 1 },
  }),
  aStage({ name: 'train', state: 'stale', reasons: ['params.learning_rate changed 0.1 → 0.07'], durationMs: 4200, finishedAt: 1 }),
  aStage({ name: 'register', kind: 'register', state: 'stale', reasons: ['it reads the output of train, which would be made anew'] }),
];

interface Shown {
  readonly graph?: PipelineGraph;
  readonly stages?: readonly StageSummary[];
  readonly progress?: Readonly<Record<string, StageProgress>>;
  readonly trusted?: boolean;
}

function viewOf({ graph = aGraph(), stages: own = stages, progress = {}, trusted = true }: Shown = {}): ReadyReports['graph'] {
  const models = [aModel({ name: 'm', versions: [[3, ['best']]] })];
  const statuses = nodeStatuses(graph, { stages: own, models, progress });
  return { project: 'rain', graph, layout: layoutGraph(graph), statuses, stages: own, models, readAt: Date.UTC(2026, 0, 2), trusted };
}

describe('the exported file', () => {
  test('says how the pipeline stands, and why a node would run', async () => {
    const { page, faults } = await openExported(pages, { page: 'graph', view: viewOf() });
    await page.getByText('2 of 3 stages would run, train first: params.learning_rate changed 0.1 → 0.07').waitFor();
    expect(await page.title()).toBe('pipeline – rain');
    expect(await page.getByRole('option').count()).toBe(6);
    await page.getByRole('option', { name: 'Stage, train, would run' }).click();
    const detail = page.getByRole('complementary');
    expect(await detail.innerText()).toContain('4.2 s');
    expect(await detail.getByRole('button', { name: 'Run stage' }).count()).toBe(0);
    await detail.getByRole('button', { name: 'model of train' }).click();
    await detail.getByText('of an earlier run').waitFor();
    expect(faults).toEqual([]);
  });

  test('is walked by keyboard: one stop, arrows along the edges, the detail on Enter', async () => {
    const { page } = await openExported(pages, { page: 'graph', view: viewOf() });
    const stops = await tabStops(page);
    expect(stops.filter((name) => /^(Data set|Stage|Trained model|Registered model)/.test(name))).toEqual([
      'Data set, all, 1,234 rows · 1 warning',
    ]);
    const first = page.getByRole('option').first();
    await first.focus();
    const walked: string[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'Home']) {
      await page.keyboard.press(key);
      walked.push(await page.evaluate(() => (document.activeElement as SVGElement | null)?.dataset.node ?? ''));
    }
    expect(walked).toEqual(['stage:check', 'stage:train', 'model:train', 'registered:m@best', 'dataset:all']);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('ASIDE');
  });

  test('shows the same as a table, fits a narrow window, and can be read', async () => {
    const { page, faults } = await openExported(pages, { page: 'graph', view: viewOf() }, 'dark');
    expect(await faintTexts(page)).toEqual([]);
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Pipeline as a table' });
    expect(await table.getByRole('row').count()).toBe(7);
    expect(await table.getByRole('row', { name: /^train/ }).innerText()).toContain('would run: params.learning_rate changed');
    expect(await cutTables(page)).toEqual([]);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.setViewportSize({ width: 400, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    expect(faults).toEqual([]);
  });

  test('takes hostile names, and says what it does not draw', async () => {
    const nodes = aGraph().nodes.map((node) => ({ ...node, title: hostile, detail: hostile }));
    const { page, faults } = await openExported(pages, { page: 'graph', view: viewOf({ graph: { nodes, edges: aGraph().edges } }) });
    expect(await page.locator('img').count()).toBe(0);
    expect(faults).toEqual([]);
    const many = Array.from({ length: 1500 }, (_, index) => ({
      ...nodes[1]!,
      id: `stage:s${index}`,
      title: `s${index}`,
      stage: `s${index}`,
    }));
    const large = await openExported(pages, { page: 'graph', view: viewOf({ graph: { nodes: many, edges: [] }, stages: [] }) });
    await large.page.getByText('The graph has 1,500 nodes: too many to draw. The table has all of them.').waitFor();
    expect(await large.page.getByRole('table').getByRole('row').count()).toBeLessThan(80);
    expect(large.faults).toEqual([]);
  });

  test('the picture is a document that a browser reads, without a script', async () => {
    const view = viewOf({ graph: { nodes: aGraph().nodes.map((node) => ({ ...node, title: hostile })), edges: aGraph().edges } });
    const { page } = await openExported(pages, { page: 'graph', view: viewOf() });
    const svg = graphSvg(view, readGraphSave({ format: 'svg', palette: await page.evaluate(paletteOfPage) }).palette);
    const root = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        name: parsed.documentElement.nodeName,
        texts: parsed.querySelectorAll('text').length,
        scripts: parsed.querySelectorAll('script').length,
      };
    }, svg);
    expect(root).toEqual({ name: 'svg', texts: 12, scripts: 0 });
  });
});

/** Runs in the page: the colours as the page itself would send them. */
function paletteOfPage(): Record<string, string> {
  const probe = document.createElement('span');
  document.querySelector('.graph')?.append(probe);
  const names = ['background', 'raised', 'foreground', 'strong', 'muted', 'outline', 'accent', 'good', 'warn', 'bad'];
  const colours = names.map((name) => {
    probe.style.setProperty('color', `var(--${name})`);
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<string, string>;
}

describe('in the editor', () => {
  test('follows a running stage, runs stages, and leads to reports and places', async () => {
    const tab = await openWebview(pages, { page: 'graph' });
    const asked: unknown[] = [];
    const note = (name: string) => (params: unknown) => {
      asked.push([name, params]);
      return null;
    };
    const first: GraphView = { state: 'ready', ...viewOf() };
    serve(
      tab.connection,
      graphPageRequests,
      {
        ready: () => ({ revision: 1, view: first }),
        exportHtml: () => null,
        copy: note('copy'),
        reveal: note('reveal'),
        open: note('open'),
        run: note('run'),
        save: (params) => {
          asked.push(['save', readGraphSave(params).format]);
          return null;
        },
      },
      { isTrusted: () => true, onFault: (error) => asked.push(error) },
    );
    const events = remote(tab.connection, graphPageEvents);
    await tab.load();
    const { page } = tab;
    await page.getByRole('option', { name: /^Stage, train/ }).click();
    await page.getByRole('button', { name: 'Run stage' }).click();
    await page.getByRole('button', { name: 'Run from here' }).click();
    await page.getByRole('option', { name: /^Data set, all/ }).click();
    await page.getByRole('button', { name: 'Open report' }).click();
    await page.getByRole('button', { name: 'Save as Mermaid…' }).click();
    await page.getByRole('button', { name: 'Save as SVG…' }).click();
    await expect
      .poll(() => asked)
      .toEqual([
        ['run', { node: 'stage:train', downstream: false }],
        ['run', { node: 'stage:train', downstream: true }],
        ['open', { node: 'dataset:all', what: 'report' }],
        ['save', 'mermaid'],
        ['save', 'svg'],
      ]);

    const waiting = stages.map((stage) => ({ ...stage, state: 'waiting' as const, reasons: [] }));
    events.snapshot({ revision: 2, view: { state: 'ready', ...viewOf({ stages: waiting }) } });
    await page.getByText('A run is starting; 3 of 3 stages wait.').waitFor();

    const running = stages.map((stage) => (stage.name === 'train' ? { ...stage, state: 'running' as const, reasons: [] } : stage));
    const live = viewOf({
      stages: running,
      progress: { train: { message: 'Round 40 of 300', fraction: 0.13, remainingMs: undefined } },
      trusted: false,
    });
    events.snapshot({ revision: 3, view: { state: 'ready', ...live } });
    await page.getByText('train is running; 1 of 3 stages are up to date.').waitFor();
    await page.getByRole('option', { name: /Round 40 of 300 · 13 %/ }).click();
    expect(await page.getByRole('button', { name: /^Run/ }).count()).toBe(0);
    expect(tab.faults).toEqual([]);
  });
});
