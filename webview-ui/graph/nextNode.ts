/** Which node an arrow key leads to. Pure. */
import type { GraphLayout, PlacedNode } from '../../src/protocol/graph/pipelineGraph.ts';

const directions: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/**
 * Up and down follow the edges where there are some, to the nearest; left and right go to the neighbour at the same height.
 * @returns undefined where the key leads nowhere
 */
export function nextNode({ nodes, edges }: GraphLayout, from: string, key: string): string | undefined {
  if (key === 'Home') return nodes[0]?.id;
  if (key === 'End') return nodes.at(-1)?.id;
  const direction = directions[key];
  const start = nodes.find(({ id }) => id === from);
  if (direction === undefined || start === undefined) return undefined;
  const [dx, dy] = direction;
  const isAhead = (node: PlacedNode): boolean =>
    dy === 0 ? Math.abs(middle(node).y - middle(start).y) < start.height && dx * (node.x - start.x) > 0 : dy * (node.y - start.y) > 0;
  const joined = new Set(edges.flatMap((edge) => (edge.from === from ? [edge.to] : edge.to === from ? [edge.from] : [])));
  const ahead = nodes.filter((node) => node.id !== from && isAhead(node));
  const followed = dy === 0 ? [] : ahead.filter(({ id }) => joined.has(id));
  return nearest(start, followed.length > 0 ? followed : ahead)?.id;
}

function nearest(start: PlacedNode, nodes: readonly PlacedNode[]): PlacedNode | undefined {
  const { x, y } = middle(start);
  const distance = (node: PlacedNode): number => Math.hypot(middle(node).x - x, 3 * (middle(node).y - y));
  return [...nodes].sort((a, b) => distance(a) - distance(b))[0];
}

function middle({ x, y, width, height }: PlacedNode): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
