/** The graph as a table: the same nodes for those who read rather than look. */
import { useMemo } from 'react';
import { formatDuration } from '../../src/base/clock.ts';
import { t } from '../../src/base/localize.ts';
import type { GraphNode } from '../../src/protocol/graph/pipelineGraph.ts';
import { stateWords } from '../../src/protocol/words/stageWords.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { kindWords, type ReadyGraph } from './graphHost.ts';

export interface GraphTableProps {
  readonly view: ReadyGraph;
  readonly onSelect: (id: string) => void;
}

export function GraphTable({ view, onSelect }: GraphTableProps) {
  const columns = useMemo((): readonly Column<GraphNode>[] => {
    const titles = new Map(view.graph.nodes.map(({ id, title }) => [id, title]));
    const befores = Map.groupBy(view.graph.edges, ({ to }) => to);
    const stages = new Map(view.stages.map((stage) => [stage.name, stage]));
    const durationOf = ({ kind, stage }: GraphNode): number | undefined =>
      kind === 'stage' && stage !== undefined ? stages.get(stage)?.durationMs : undefined;
    const stateOf = ({ id }: GraphNode): string => {
      const status = view.statuses[id];
      const state = status?.state === undefined ? '' : stateWords(status.state);
      return [state, status?.words === state ? '' : (status?.words ?? '')].filter((part) => part !== '').join(': ');
    };
    return [
      {
        header: t('Name'),
        value: ({ title }) => title,
        show: ({ id, title }) => (
          <button
            type="button"
            className="plain name"
            onClick={() => {
              onSelect(id);
            }}
          >
            {title}
          </button>
        ),
      },
      { header: t('Kind'), value: ({ kind, detail }) => [kindWords(kind), detail].filter((part) => part !== undefined).join(' · ') },
      { header: t('State'), value: stateOf },
      {
        header: t('Comes after'),
        value: ({ id }) => (befores.get(id) ?? []).map(({ from }) => titles.get(from) ?? '').join(', '),
      },
      {
        header: t('Took'),
        isNumber: true,
        value: (node) => durationOf(node) ?? -1,
        show: (node) => {
          const duration = durationOf(node);
          return duration === undefined ? '' : formatDuration(duration);
        },
      },
    ];
  }, [view, onSelect]);
  return <DataTable label={t('Pipeline as a table')} columns={columns} items={view.graph.nodes} />;
}
