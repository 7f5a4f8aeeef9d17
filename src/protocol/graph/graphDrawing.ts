/**
 * A pipeline graph as shapes: one drawing for the page and for an exported file. Colours are roles; the page gives each the
 * editor's colour, a file the colours of a theme. Pure.
 */
import type { StageState } from '../job.ts';
import type { NodeStatus } from './graphStatus.ts';
import { drawable, shortened, textPixels, type TextSize } from './graphText.ts';
import type { GraphEdgeKind, GraphNode, GraphNodeKind, PlacedEdge, PlacedNode } from './pipelineGraph.ts';

/** The roles, named as the pages' variables are. */
export const paints = ['background', 'raised', 'foreground', 'strong', 'muted', 'outline', 'accent', 'good', 'warn', 'bad'] as const;
export type Paint = (typeof paints)[number];
export type Palette = Readonly<Record<Paint, string>>;

interface Look {
  /** Left out: not filled. */
  readonly fill?: Paint;
  readonly stroke?: Paint;
  readonly strokeWidth?: number;
  readonly dashes?: string;
}

export type GraphShape =
  | ({ readonly shape: 'path'; readonly d: string } & Look)
  | {
      readonly shape: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly pixels: number;
      readonly bold: boolean;
      readonly fill: Paint;
    };

const stateInks: Readonly<Record<StageState, Paint>> = {
  stale: 'warn',
  unchanged: 'good',
  done: 'good',
  waiting: 'muted',
  running: 'accent',
  failed: 'bad',
  cancelled: 'muted',
  blocked: 'muted',
};

/** The state's colour; what no stage makes has none of its own. */
export function inkOf(state: StageState | undefined): Paint {
  return state === undefined ? 'muted' : stateInks[state];
}

const markX = 22;
const textX = 40;

/** A node where it stands. */
export function drawNode({ x, y, width, height }: PlacedNode, node: GraphNode, status: NodeStatus | undefined): GraphShape[] {
  const ink = inkOf(status?.state);
  const isStage = node.kind === 'stage';
  const outline = outlineOf(node.kind, { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 });
  const room = width - textX - 10;
  return [
    { shape: 'path', d: outline, fill: isStage ? 'raised' : 'background', stroke: 'outline', strokeWidth: 1 },
    ...(isStage ? [stripe(x, y, height, ink)] : []),
    ...progressBar({ x, y, width, height }, status?.progress?.fraction),
    ...(isStage ? stateMark(x + markX, y + height / 2, status?.state, ink) : [kindMark(node.kind, x + markX, y + height / 2, ink)]),
    text(node.title, { x: x + textX, y: y + 21, room, size: 'title', fill: 'strong' }),
    text(status?.words === undefined || status.words === '' ? (node.detail ?? '') : status.words, {
      x: x + textX,
      y: y + 37,
      room,
      size: 'detail',
      fill: status?.state === 'failed' ? 'bad' : 'muted',
    }),
  ];
}

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly room: number;
  readonly size: TextSize;
  readonly fill: Paint;
}

function text(words: string, { x, y, room, size, fill }: TextPlace): GraphShape {
  return { shape: 'text', x, y, text: shortened(drawable(words), size, room), pixels: textPixels(size), bold: size === 'title', fill };
}

function stripe(x: number, y: number, height: number, ink: Paint): GraphShape {
  return { shape: 'path', d: `M${x + 1} ${y + 4}v${height - 8}h3v${8 - height}z`, fill: ink };
}

function progressBar({ x, y, width, height }: Omit<PlacedNode, 'id'>, fraction: number | undefined): GraphShape[] {
  if (fraction === undefined) return [];
  const length = Math.round(Math.max(0, Math.min(1, fraction)) * (width - 2));
  return [{ shape: 'path', d: `M${x + 1} ${y + height - 3}h${length}v2h${-length}z`, fill: 'accent' }];
}

type Box = Omit<PlacedNode, 'id'>;

/** Stages are boxes, data sets are rounded, files have a folded corner, models cut ones. */
function outlineOf(kind: GraphNodeKind, { x, y, width, height }: Box): string {
  const [right, bottom] = [x + width, y + height];
  switch (kind) {
    case 'stage':
      return rounded({ x, y, width, height }, 3);
    case 'dataset':
      return rounded({ x, y, width, height }, height / 2);
    case 'file':
      return `M${x} ${y}H${right - 12}L${right} ${y + 12}V${bottom}H${x}ZM${right - 12} ${y}V${y + 12}H${right}`;
    case 'model':
    case 'registered':
      return `M${x + 10} ${y}H${right - 10}L${right} ${y + 10}V${bottom - 10}L${right - 10} ${bottom}H${x + 10}L${x} ${bottom - 10}V${y + 10}Z`;
  }
}

function rounded({ x, y, width, height }: Box, radius: number): string {
  const arc = (dx: number, dy: number): string => `a${radius} ${radius} 0 0 1 ${dx} ${dy}`;
  return `M${x + radius} ${y}h${width - 2 * radius}${arc(radius, radius)}v${height - 2 * radius}${arc(-radius, radius)}h${2 * radius - width}${arc(-radius, -radius)}v${2 * radius - height}${arc(radius, -radius)}z`;
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
}

/** The state as a sign, for those who cannot tell colours apart. */
function stateMark(x: number, y: number, state: StageState | undefined, ink: Paint): GraphShape[] {
  const line = { shape: 'path', stroke: ink, strokeWidth: 1.6 } as const;
  switch (state) {
    case 'unchanged':
    case 'done':
      return [{ ...line, d: `${circle(x, y, 7)}M${x - 3.2} ${y + 0.2}l2.3 2.5l4.1 -5` }];
    case 'failed':
      return [{ ...line, d: `${circle(x, y, 7)}M${x - 2.7} ${y - 2.7}l5.4 5.4M${x + 2.7} ${y - 2.7}l-5.4 5.4` }];
    case 'running':
      return [
        { ...line, d: circle(x, y, 7) },
        { shape: 'path', d: `M${x - 2.2} ${y - 3.6}v7.2l5.8 -3.6z`, fill: ink },
      ];
    case 'waiting':
      return [{ ...line, d: `${circle(x, y, 7)}M${x} ${y - 3.8}v3.8h3` }];
    case 'blocked':
    case 'cancelled':
      return [{ ...line, d: `${circle(x, y, 7)}M${x - 4.9} ${y - 4.9}l9.8 9.8` }];
    case 'stale':
    case undefined:
      return [{ ...line, d: circle(x, y, 7), dashes: '3.4 2.1' }];
  }
}

function kindMark(kind: Exclude<GraphNodeKind, 'stage'>, x: number, y: number, ink: Paint): GraphShape {
  const line = { shape: 'path', stroke: ink, strokeWidth: 1.4 } as const;
  switch (kind) {
    case 'dataset':
      return {
        ...line,
        d: `M${x - 6} ${y - 5}a6 2.4 0 0 1 12 0a6 2.4 0 0 1 -12 0v10a6 2.4 0 0 0 12 0v-10M${x - 6} ${y}a6 2.4 0 0 0 12 0`,
      };
    case 'file':
      return { ...line, d: `M${x - 5} ${y - 7}h6l4 4v10h-10zM${x + 1} ${y - 7}v4h4` };
    case 'model':
      return { ...line, d: `M${x} ${y - 7}l6 3.5v7l-6 3.5l-6 -3.5v-7zM${x - 6} ${y - 3.5}l6 3.5l6 -3.5M${x} ${y}v7` };
    case 'registered':
      return { ...line, d: `M${x - 6} ${y - 6}h6l6.5 6.5l-6 6l-6.5 -6.5z${circle(x - 3.2, y - 3.2, 1.1)}` };
  }
}

const edgeLooks: Readonly<Record<GraphEdgeKind, { readonly dashes?: string }>> = {
  data: {},
  model: {},
  file: {},
  comparison: { dashes: '7 3' },
  check: { dashes: '4 3' },
  order: { dashes: '1.5 3' },
};

/** An edge with its arrowhead. */
export function drawEdge({ points, kind }: PlacedEdge): GraphShape[] {
  const [first] = points;
  const last = points.at(-1);
  const beforeLast = points.at(-2);
  if (first === undefined || last === undefined || beforeLast === undefined) return [];
  const down = last.y >= beforeLast.y ? 1 : -1;
  const tip = { x: last.x, y: last.y - down * 5 };
  const bends = [...points.slice(1, -1), tip].map((to, index) => {
    const from = points[index] ?? first;
    const middle = (from.y + to.y) / 2;
    return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
  });
  return [
    { shape: 'path', d: `M${first.x} ${first.y}${bends.join('')}`, stroke: 'muted', strokeWidth: 1.2, ...edgeLooks[kind] },
    { shape: 'path', d: `M${last.x} ${last.y}l-3.5 ${-down * 6.5}h7z`, fill: 'muted' },
  ];
}
