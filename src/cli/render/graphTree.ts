/** A pipeline graph as a tree for the terminal: every node once, below what it waits for longest, its other inputs named beside it. */
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { GraphPicture, NodeStatus } from '../../protocol/graph/graphStatus.ts';
import type { GraphNode, GraphNodeKind, PipelineGraph } from '../../protocol/graph/pipelineGraph.ts';
import { stateLooks } from './runView.ts';
import type { Style } from './style.ts';
import { displayWidth, truncate } from './width.ts';

export interface GraphTreeOptions {
  readonly style: Style;
  readonly width: number | undefined;
}

/** Marks of what is no stage. */
const kindMarks: Readonly<Record<Exclude<GraphNodeKind, 'stage'>, string>> = { dataset: '▤', file: '▯', model: '◆', registered: '◈' };

export function renderGraphTree({ graph, statuses }: Pick<GraphPicture, 'graph' | 'statuses'>, options: GraphTreeOptions): string[] {
  const parents = mainParents(graph);
  const children = Map.groupBy(graph.nodes, ({ id }) => parents.get(id) ?? '');
  const titles = new Map(graph.nodes.map(({ id, title }) => [id, title]));
  const inputs = Map.groupBy(graph.edges, ({ to }) => to);
  const lines: string[] = [];
  const stack: Branch[] = branches(children.get('') ?? [], '', true);
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { node, lead, below } = branch;
    const others = (inputs.get(node.id) ?? []).map(({ from }) => from).filter((from) => from !== parents.get(node.id));
    lines.push(nodeLine(node, statuses[node.id], { lead, inputs: others.map((id) => titles.get(id) ?? '') }, options));
    stack.push(...branches(children.get(node.id) ?? [], below, false));
  }
  return lines;
}

interface Branch {
  readonly node: GraphNode;
  /** What stands before its mark. */
  readonly lead: string;
  /** What stands before the lines below it. */
  readonly below: string;
}

/** The last first, as a stack wants them. */
function branches(nodes: readonly GraphNode[], indent: string, isTop: boolean): Branch[] {
  return nodes
    .map((node, index): Branch => {
      if (isTop) return { node, lead: '', below: '' };
      if (nodes.length === 1) return { node, lead: `${indent}↓ `, below: indent }; // a long chain stays at the left
      const isLast = index === nodes.length - 1;
      return { node, lead: `${indent}${isLast ? '└─ ' : '├─ '}`, below: `${indent}${isLast ? '   ' : '│  '}` };
    })
    .reverse();
}

interface Around {
  readonly lead: string;
  /** Titles of what the node comes after besides its parent. */
  readonly inputs: readonly string[];
}

function nodeLine(node: GraphNode, status: NodeStatus | undefined, { lead, inputs }: Around, { style, width }: GraphTreeOptions): string {
  const look = status?.state === undefined ? undefined : stateLooks[status.state];
  const mark = node.kind === 'stage' ? (look?.mark ?? '○') : kindMarks[node.kind];
  const title = printable(node.title);
  const said = wordsOf(node, status, inputs).join(' · ');
  const head = `${lead}${mark} ${title}`;
  const room = width === undefined ? Infinity : width - displayWidth(head) - 2;
  const shown = room < 4 ? '' : truncate(printable(said), room);
  const dressedMark = look === undefined ? mark : style(look.style, mark);
  const line = `${style('dim', lead)}${dressedMark} ${style('bold', title)}  ${style('dim', shown)}`;
  return width !== undefined && displayWidth(head) > width ? truncate(head, width) : line.trimEnd();
}

function wordsOf({ title, detail }: GraphNode, status: NodeStatus | undefined, inputs: readonly string[]): string[] {
  const said = status?.words ?? '';
  return [
    ...(detail === undefined || detail === title ? [] : [detail]),
    ...(said === '' || said === detail ? [] : [said]),
    ...(inputs.length === 0 ? [] : [t('also after {inputs}', { inputs: inputs.join(', ') })]),
  ];
}

/** By node: the input that the longest way from the beginning leads over; none for what comes first. Ways round are cut. */
function mainParents({ nodes, edges }: PipelineGraph): ReadonlyMap<string, string> {
  const inputs = Map.groupBy(edges, ({ to }) => to);
  const depths = new Map<string, number>();
  const parents = new Map<string, string>();
  const onWay = new Set<string>();
  for (const { id } of nodes) {
    const stack = [id];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const befores = (inputs.get(top) ?? []).map(({ from }) => from);
      const open = depths.has(top) ? undefined : befores.find((before) => !depths.has(before) && !onWay.has(before) && before !== top);
      onWay.add(top);
      if (open !== undefined) {
        stack.push(open);
        continue;
      }
      stack.pop();
      if (!depths.has(top)) {
        const deepest = befores.filter((before) => depths.has(before)).sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))[0];
        if (deepest !== undefined) parents.set(top, deepest);
        depths.set(top, deepest === undefined ? 0 : (depths.get(deepest) ?? 0) + 1);
      }
      onWay.delete(top);
    }
  }
  return parents;
}
