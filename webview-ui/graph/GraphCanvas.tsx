/** The drawn graph: one stop for the Tab key, arrows from node to node. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { t } from '../../src/base/localize.ts';
import { drawEdge, drawNode } from '../../src/protocol/graph/graphDrawing.ts';
import type { NodeStatus } from '../../src/protocol/graph/graphStatus.ts';
import type { GraphNode, PlacedNode } from '../../src/protocol/graph/pipelineGraph.ts';
import { stateWords } from '../../src/protocol/words/stageWords.ts';
import { kindWords, type ReadyGraph } from './graphHost.ts';
import { nextNode } from './nextNode.ts';
import { Shapes } from './Shapes.tsx';

export interface GraphCanvasProps {
  readonly view: ReadyGraph;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** Enter on a node, or a double click. */
  readonly onOpen: () => void;
  /** Pixels per unit of the drawing; undefined: as large as fits, at most 1. */
  readonly scale: number | undefined;
  readonly onScale: (scale: number) => void;
}

const smallestFit = 0.45;

export function GraphCanvas({ view, selected, onSelect, onOpen, scale, onScale }: GraphCanvasProps) {
  const { layout, graph, statuses } = view;
  const box = useRef<HTMLDivElement>(null);
  const room = useWidth(box);
  const shownScale = scale ?? (room === 0 ? 1 : Math.max(smallestFit, Math.min(1, (room - 2) / Math.max(1, layout.width))));
  useEffect(() => {
    onScale(shownScale);
  }, [shownScale, onScale]);
  const places = new Map(layout.nodes.map((place) => [place.id, place]));
  const nodes = graph.nodes.filter(({ id }) => places.has(id));
  const current = selected !== undefined && places.has(selected) ? selected : nodes[0]?.id;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (current === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect(current);
      if (event.key === 'Enter') onOpen();
      return;
    }
    const next = nextNode(layout, current, event.key);
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
    const element = [...(box.current?.querySelectorAll<SVGGElement>('[data-node]') ?? [])].find(({ dataset }) => dataset.node === next);
    element?.focus();
    element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  return (
    <div className={layout.width * shownScale > room && room > 0 ? 'graph-box wide' : 'graph-box'} ref={box}>
      <svg
        role="listbox"
        aria-label={t('Pipeline of {project}', { project: view.project })}
        width={Math.round(layout.width * shownScale)}
        height={Math.round(layout.height * shownScale)}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        onKeyDown={onKeyDown}
      >
        <g aria-hidden="true">
          {layout.edges.map((edge) => (
            <g key={`${edge.from} ${edge.to}`} className={edge.from === selected || edge.to === selected ? 'edge joined' : 'edge'}>
              <Shapes shapes={drawEdge(edge)} />
            </g>
          ))}
        </g>
        {nodes.map((node) => {
          const place = places.get(node.id);
          return place === undefined ? null : (
            <Node
              key={node.id}
              node={node}
              place={place}
              status={statuses[node.id]}
              isSelected={node.id === selected}
              isStop={node.id === current}
              onSelect={onSelect}
              onOpen={onOpen}
            />
          );
        })}
      </svg>
    </div>
  );
}

interface NodeProps extends Pick<GraphCanvasProps, 'onSelect' | 'onOpen'> {
  readonly node: GraphNode;
  readonly place: PlacedNode;
  readonly status: NodeStatus | undefined;
  readonly isSelected: boolean;
  readonly isStop: boolean;
}

function Node({ node, place, status, isSelected, isStop, onSelect, onOpen }: NodeProps) {
  const label = labelOf(node, status);
  return (
    <g
      role="option"
      className="node"
      data-node={node.id}
      aria-selected={isSelected}
      aria-label={label}
      tabIndex={isStop ? 0 : -1}
      onClick={() => {
        onSelect(node.id);
      }}
      onDoubleClick={onOpen}
    >
      <title>{label}</title>
      <Shapes shapes={drawNode(place, node, status)} />
      <rect className="ring" x={place.x - 2.5} y={place.y - 2.5} width={place.width + 5} height={place.height + 5} rx={4} />
    </g>
  );
}

function labelOf(node: GraphNode, status: NodeStatus | undefined): string {
  const state = status?.state === undefined ? undefined : stateWords(status.state);
  const parts = [kindWords(node.kind), node.title, state, status?.words === state ? undefined : status?.words];
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

/** The width of an element, kept up to date. */
function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(entry.contentRect.width);
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return width;
}
