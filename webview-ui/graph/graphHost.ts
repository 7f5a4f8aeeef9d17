/** What the page asks of the editor, and the words it has for what it shows. */
import { t } from '../../src/base/localize.ts';
import type { Remote } from '../../src/protocol/contracts/contract.ts';
import type { graphPageRequests, ReadyReports } from '../../src/protocol/pages/pageContract.ts';
import type { GraphEdgeKind, GraphNodeKind } from '../../src/protocol/graph/pipelineGraph.ts';

/** Undefined in an exported page. */
export type GraphHost = Remote<typeof graphPageRequests> | undefined;

export type ReadyGraph = ReadyReports['graph'];

export function kindWords(kind: GraphNodeKind): string {
  const words: Readonly<Record<GraphNodeKind, string>> = {
    dataset: t('Data set'),
    file: t('File'),
    stage: t('Stage'),
    model: t('Trained model'),
    registered: t('Registered model'),
  };
  return words[kind];
}

export function edgeWords(kind: GraphEdgeKind): string {
  const words: Readonly<Record<GraphEdgeKind, string>> = {
    data: t('read or made'),
    model: t('read or made'),
    file: t('read or made'),
    comparison: t('compared with'),
    check: t('checked before'),
    order: t('waits for'),
  };
  return words[kind];
}
