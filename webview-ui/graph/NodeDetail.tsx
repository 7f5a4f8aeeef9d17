/** What is known of the chosen node, and where it leads. */
import type { ReactNode } from 'react';
import { formatAge, formatDuration } from '../../src/base/clock.ts';
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { inkOf } from '../../src/protocol/graph/graphDrawing.ts';
import { progressWords } from '../../src/protocol/graph/graphStatus.ts';
import type { GraphEdge, GraphNode } from '../../src/protocol/graph/pipelineGraph.ts';
import type { StageSummary } from '../../src/protocol/pipeline.ts';
import { checkWords, stateWords } from '../../src/protocol/words/stageWords.ts';
import { versionWords } from '../../src/protocol/words/versionWords.ts';
import type { Fact } from '../shared/ReportFrame.tsx';
import { kindWords, type GraphHost, type ReadyGraph } from './graphHost.ts';
import { reportOf } from '../../src/protocol/tables/stageKinds.ts';
import { figureText } from '../../src/protocol/headlineMetric.ts';

export interface NodeDetailProps {
  readonly view: ReadyGraph;
  readonly node: GraphNode;
  readonly host: GraphHost;
  readonly onSelect: (id: string) => void;
}

export function NodeDetail({ view, node, host, onSelect }: NodeDetailProps) {
  const status = view.statuses[node.id];
  const stage = view.stages.find(({ name }) => name === node.stage);
  const own = node.kind === 'stage' ? stage : undefined;
  const state = status?.state;
  return (
    <>
      <p className="muted small">{[kindWords(node.kind), node.detail].filter((part) => part !== undefined).join(' · ')}</p>
      <h2 id="detail">{node.title}</h2>
      {state === undefined || node.kind === 'dataset' ? null : (
        <p className={`state ${inkOf(state)}`}>{node.kind === 'stage' ? stateWords(state) : status?.words}</p>
      )}
      {status?.progress === undefined ? null : <p>{progressWords(status.progress)}</p>}
      <Reasons reasons={status?.reasons ?? []} />
      <dl className="node-facts">
        {[...(own === undefined ? [] : stageFacts(own)), ...versionFacts(view, node), ...pathFacts(node)].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Neighbours title={t('Comes after')} ids={neighbours(view.graph.edges, node.id, 'to')} view={view} onSelect={onSelect} />
      <Neighbours title={t('Leads to')} ids={neighbours(view.graph.edges, node.id, 'from')} view={view} onSelect={onSelect} />
      {host === undefined ? null : <Actions view={view} node={node} host={host} stage={stage} />}
    </>
  );
}

function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}

function stageFacts({ metric, check, durationMs, finishedAt }: StageSummary): Fact[] {
  return [
    ...(check === undefined ? [] : [[t('Last check'), checkWords(check)] as const]),
    ...(metric === undefined ? [] : [[metric.name, figureText(metric)] as const]),
    ...(durationMs === undefined ? [] : [[t('Took'), formatDuration(durationMs)] as const]),
    ...(finishedAt === undefined ? [] : [[t('Finished'), formatAge(finishedAt)] as const]),
  ];
}

/** The versions of the registered model that the node names, newest first, the aliases beside them. */
function versionFacts({ models }: ReadyGraph, { kind, title }: GraphNode): Fact[] {
  if (kind !== 'registered') return [];
  const model = models.find(({ name }) => title === name || title.startsWith(`${name}@`) || title.startsWith(`${name}/`));
  return (model?.versions ?? [])
    .slice(0, 5)
    .map((version) => [t('Version {version}', { version: version.version }), versionWords(version, undefined)]);
}

const shownPaths = 12;

function pathFacts({ paths }: GraphNode): Fact[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, shownPaths).map((path) => (
    <code key={path} className="path">
      {path}
    </code>
  ));
  const hidden = paths.length - shown.length;
  const more: ReactNode = hidden > 0 ? <span className="muted">{t('and {count} more', { count: formatCount(hidden) })}</span> : null;
  return [
    [
      paths.length === 1 ? t('Path') : t('Paths'),
      <>
        {shown}
        {more}
      </>,
    ],
  ];
}

function neighbours(edges: readonly GraphEdge[], id: string, side: 'from' | 'to'): readonly string[] {
  const other = side === 'from' ? 'to' : 'from';
  return edges.filter((edge) => edge[side] === id).map((edge) => edge[other]);
}

interface NeighboursProps extends Pick<NodeDetailProps, 'view' | 'onSelect'> {
  readonly title: string;
  readonly ids: readonly string[];
}

const shownNeighbours = 10;

function Neighbours({ title, ids, view, onSelect }: NeighboursProps) {
  if (ids.length === 0) return null;
  const nodes = view.graph.nodes.filter(({ id }) => ids.includes(id));
  const hidden = nodes.length - shownNeighbours;
  return (
    <div className="neighbours">
      <h3>{title}</h3>
      <p>
        {nodes.slice(0, shownNeighbours).map((node) => (
          <button
            key={node.id}
            type="button"
            className="plain"
            onClick={() => {
              onSelect(node.id);
            }}
          >
            {node.title}
          </button>
        ))}
        {hidden > 0 ? <span className="muted small">{t('and {count} more', { count: formatCount(hidden) })}</span> : null}
      </p>
    </div>
  );
}

interface ActionsProps extends Pick<NodeDetailProps, 'view' | 'node'> {
  readonly host: NonNullable<GraphHost>;
  readonly stage: StageSummary | undefined;
}

function Actions({ view, node, host, stage }: ActionsProps) {
  const busy = stage?.state === 'running' || stage?.state === 'waiting';
  const canRun = view.trusted && node.stage !== undefined;
  const buttons: readonly (readonly [title: string, act: () => Promise<unknown>])[] = [
    ...(hasReport(view, node) ? [[t('Open report'), async () => host.open({ node: node.id, what: 'report' })] as const] : []),
    ...(node.kind === 'file' && node.paths.length === 1
      ? [[t('Open file'), async () => host.open({ node: node.id, what: 'file' })] as const]
      : []),
    ...(node.place === undefined ? [] : [[t('Show in project file'), async () => host.open({ node: node.id, what: 'place' })] as const]),
  ];
  return (
    <div className="actions">
      {canRun ? (
        <>
          <button type="button" className="primary" disabled={busy} onClick={() => void host.run({ node: node.id, downstream: false })}>
            {node.kind === 'stage' ? t('Run stage') : t('Run {stage}', { stage: node.stage })}
          </button>
          {node.kind === 'stage' ? (
            <button type="button" disabled={busy} onClick={() => void host.run({ node: node.id, downstream: true })}>
              {t('Run from here')}
            </button>
          ) : null}
        </>
      ) : null}
      {buttons.map(([title, act]) => (
        <button key={title} type="button" onClick={() => void act()}>
          {title}
        </button>
      ))}
    </div>
  );
}

/** Whether the stage, or one that reads the node, has a report. */
function hasReport({ stages, graph }: ReadyGraph, node: GraphNode): boolean {
  const readers = neighbours(graph.edges, node.id, 'from').map((id) => graph.nodes.find((candidate) => candidate.id === id)?.stage);
  const related = node.kind === 'stage' ? [node.stage] : [node.stage, ...readers];
  return stages.some((stage) => related.includes(stage.name) && reportOf(stage) !== undefined);
}
