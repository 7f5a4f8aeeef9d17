/** A pipeline graph as a Mermaid flowchart, as Markdown files on GitHub and GitLab show it. Pure. */
import type { GraphPicture } from './graphStatus.ts';
import type { GraphEdgeKind, GraphNodeKind } from './pipelineGraph.ts';
import { drawable, shortened } from './graphText.ts';
import type { StageState } from '../job.ts';

const shapes: Readonly<Record<GraphNodeKind, readonly [open: string, close: string]>> = {
  dataset: ['[(', ')]'],
  file: ['[/', '/]'],
  stage: ['[', ']'],
  model: ['{{', '}}'],
  registered: ['([', '])'],
};

const arrows: Readonly<Record<GraphEdgeKind, string>> = {
  data: '-->',
  model: '-->',
  file: '-->',
  comparison: '-. compared .->',
  check: '-. checked .->',
  order: '-.->',
};

const classes: Readonly<Record<StageState, string>> = {
  stale: 'stale',
  unchanged: 'fresh',
  done: 'fresh',
  waiting: 'waiting',
  running: 'running',
  failed: 'failed',
  cancelled: 'waiting',
  blocked: 'waiting',
};

/** Line colours that read on light and on dark ground. */
const styles: Readonly<Record<string, string>> = {
  stale: 'stroke:#b58900,stroke-dasharray:5 3',
  fresh: 'stroke:#3a9a4a',
  running: 'stroke:#2f81d6,stroke-width:3px',
  failed: 'stroke:#d0402b,stroke-width:3px',
  waiting: 'stroke:#8a8a8a,stroke-dasharray:2 3',
};

/** Pixels of the longest line of a label: Mermaid makes a node as wide as its label. */
const widestLine = 360;

/** The whole graph, also where it was too large to be laid out: Mermaid lays out by itself. */
export function graphMermaid({ graph, statuses }: Omit<GraphPicture, 'layout'>): string {
  const names = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const nodes = graph.nodes.map(({ id, kind, title, detail }) => {
    const [open, close] = shapes[kind];
    const words = statuses[id]?.words ?? '';
    const second = words === '' ? (detail ?? '') : words;
    const label = [title, second].filter((line) => line.trim() !== '').map((line) => escapeLabel(shortened(line, 'detail', widestLine)));
    return `  ${names.get(id) ?? ''}${open}"${label.join('<br/>') || '–'}"${close}`;
  });
  const edges = graph.edges.map(({ from, to, kind }) => `  ${names.get(from) ?? ''} ${arrows[kind]} ${names.get(to) ?? ''}`);
  const members = Map.groupBy(
    graph.nodes.flatMap(({ id }) => {
      const state = statuses[id]?.state;
      return state === undefined ? [] : [{ name: names.get(id) ?? '', style: classes[state] }];
    }),
    ({ style }) => style,
  );
  const styled = [...members].flatMap(([style, of]) => [
    `  classDef ${style} ${styles[style] ?? ''}`,
    `  class ${of.map(({ name }) => name).join(',')} ${style}`,
  ]);
  return ['flowchart TD', ...nodes, ...edges, ...styled, ''].join('\n');
}

/**
 * Text inside a quoted label. Letters, digits and a few signs stand for themselves; everything that Mermaid could take for
 * markup, an entity, a comment or a directive (which it looks for inside of quotes, too) is written as its number.
 */
function escapeLabel(text: string): string {
  return drawable(text).replace(/[^\p{L}\p{N} ._\-/,()=+@·…–]/gu, (character) => `#${character.codePointAt(0) ?? 0xfffd};`);
}
