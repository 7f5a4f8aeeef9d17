/** What the signs, shapes and lines mean: shown until a node is chosen. */
import { t } from '../../src/base/localize.ts';
import { drawEdge, drawNode, inkOf } from '../../src/protocol/graph/graphDrawing.ts';
import { bareNode, type GraphEdgeKind, type GraphNodeKind } from '../../src/protocol/graph/pipelineGraph.ts';
import type { StageState } from '../../src/protocol/job.ts';
import { stateWords } from '../../src/protocol/words/stageWords.ts';
import { edgeWords, kindWords } from './graphHost.ts';
import { Shapes } from './Shapes.tsx';

const states: readonly StageState[] = ['unchanged', 'stale', 'running', 'failed', 'waiting', 'blocked'];
const kinds: readonly GraphNodeKind[] = ['dataset', 'model', 'registered', 'file'];
const edges: readonly GraphEdgeKind[] = ['data', 'check', 'order', 'comparison'];

export function Legend() {
  return (
    <>
      <p className="muted">{t('Choose a node to see why it would run, what it measured last and where it leads.')}</p>
      <ul className="legend">
        {states.map((state) => (
          <li key={state}>
            <NodeSample kind="stage" state={state} /> <span className={inkOf(state)}>{stateWords(state)}</span>
          </li>
        ))}
        {kinds.map((kind) => (
          <li key={kind}>
            <NodeSample kind={kind} state={undefined} /> {kindWords(kind)}
          </li>
        ))}
        {edges.map((kind) => (
          <li key={kind}>
            <svg aria-hidden="true" width="36" height="26" viewBox="0 0 36 26">
              <Shapes
                shapes={drawEdge({
                  from: '',
                  to: '',
                  kind,
                  points: [
                    { x: 18, y: 0 },
                    { x: 18, y: 26 },
                  ],
                })}
              />
            </svg>{' '}
            {edgeWords(kind)}
          </li>
        ))}
      </ul>
    </>
  );
}

function NodeSample({ kind, state }: { readonly kind: GraphNodeKind; readonly state: StageState | undefined }) {
  const node = bareNode('', kind, '');
  const place = { id: '', x: 0, y: 0, width: 54, height: 48 };
  return (
    <svg aria-hidden="true" width="36" height="26" viewBox="-2 -2 58 52">
      <Shapes shapes={drawNode(place, node, { state, words: '', reasons: [], progress: undefined })} />
    </svg>
  );
}
