/** The pipeline as a graph, from what it says as a whole down to the chosen node. */
import { useCallback, useRef, useState } from 'react';
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { StageSummary } from '../../src/protocol/pipeline.ts';
import { formatMoment, ReportHeader, Verdict, type Tone } from '../shared/ReportFrame.tsx';
import type { ReportActions } from '../shared/reportMain.tsx';
import { GraphCanvas } from './GraphCanvas.tsx';
import type { GraphHost, ReadyGraph } from './graphHost.ts';
import { GraphTable } from './GraphTable.tsx';
import { Legend } from './Legend.tsx';
import { NodeDetail } from './NodeDetail.tsx';
import { readPalette } from './readPalette.ts';

export interface GraphPageProps {
  readonly view: ReadyGraph;
  readonly actions: ReportActions<'project'>;
  readonly host: GraphHost;
}

export function GraphPage({ view, actions, host }: GraphPageProps) {
  const isDrawn = view.layout.shown !== 'nothing';
  const [selected, setSelected] = useState<string>();
  const [asTable, setAsTable] = useState(!isDrawn);
  const detail = useRef<HTMLElement>(null);
  const node = view.graph.nodes.find(({ id }) => id === selected);
  const summary = summarize(view.stages);
  return (
    <>
      <ReportHeader path={[view.project]} title={t('Pipeline')} exportHtml={actions.exportHtml}>
        {host === undefined ? null : (
          <>
            <button type="button" onClick={() => void host.save({ format: 'mermaid', palette: readPalette() })}>
              {t('Save as Mermaid…')}
            </button>
            {isDrawn ? (
              <button type="button" onClick={() => void host.save({ format: 'svg', palette: readPalette() })}>
                {t('Save as SVG…')}
              </button>
            ) : null}
          </>
        )}
      </ReportHeader>
      <Verdict tone={summary.tone} sign={summary.sign}>
        {summary.words}
      </Verdict>
      {host === undefined ? <p className="muted note">{t('As it was on {moment}.', { moment: formatMoment(view.readAt) })}</p> : null}
      <Omitted view={view} />
      <div className="graph">
        <Drawing
          view={view}
          selected={selected}
          onSelect={setSelected}
          onOpen={() => {
            detail.current?.focus();
          }}
          asTable={asTable || !isDrawn}
          onAsTable={setAsTable}
        />
        <aside className={node === undefined ? undefined : 'chosen'} ref={detail} tabIndex={-1} aria-label={t('The chosen node')}>
          {node === undefined ? <Legend /> : <NodeDetail view={view} node={node} host={host} onSelect={setSelected} />}
        </aside>
      </div>
    </>
  );
}

interface DrawingProps {
  readonly view: ReadyGraph;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onOpen: () => void;
  readonly asTable: boolean;
  readonly onAsTable: (asTable: boolean) => void;
}

const zoomStep = 1.25;

function Drawing({ view, selected, onSelect, onOpen, asTable, onAsTable }: DrawingProps) {
  const [scale, setScale] = useState<number>();
  const shown = useRef(1);
  const remember = useCallback((value: number) => {
    shown.current = value;
  }, []);
  const zoom = (factor: number): void => {
    setScale(Math.max(0.1, Math.min(3, shown.current * factor)));
  };
  return (
    <div className="drawing">
      <div className="toolbar" role="toolbar" aria-label={t('View')}>
        {view.layout.shown === 'nothing' ? null : (
          <button
            type="button"
            className="plain"
            aria-pressed={asTable}
            onClick={() => {
              onAsTable(!asTable);
            }}
          >
            {t('Table')}
          </button>
        )}
        {asTable ? null : (
          <>
            <ZoomButton
              words={t('Smaller')}
              sign="−"
              onClick={() => {
                zoom(1 / zoomStep);
              }}
            />
            <ZoomButton
              words={t('Larger')}
              sign="+"
              onClick={() => {
                zoom(zoomStep);
              }}
            />
            <ZoomButton
              words={t('As large as fits')}
              sign={t('Fit')}
              onClick={() => {
                setScale(undefined);
              }}
            />
          </>
        )}
      </div>
      {asTable ? (
        <GraphTable view={view} onSelect={onSelect} />
      ) : (
        <GraphCanvas view={view} selected={selected} onSelect={onSelect} onOpen={onOpen} scale={scale} onScale={remember} />
      )}
    </div>
  );
}

function ZoomButton({ words, sign, onClick }: { readonly words: string; readonly sign: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="plain" aria-label={words} title={words} onClick={onClick}>
      {sign}
    </button>
  );
}

/** What a drawing of so many nodes leaves out. */
function Omitted({ view: { graph, layout } }: { readonly view: ReadyGraph }) {
  const count = formatCount(graph.nodes.length);
  switch (layout.shown) {
    case 'all':
      return null;
    case 'stages':
      return (
        <p className="muted note">
          {t('The graph has {count} nodes: only its stages are drawn. Data sets, models and files are in the table.', { count })}
        </p>
      );
    case 'nothing':
      return <p className="muted note">{t('The graph has {count} nodes: too many to draw. The table has all of them.', { count })}</p>;
  }
}

interface Summary {
  readonly tone: Tone;
  readonly sign: string;
  readonly words: string;
}

/** The whole pipeline in a sentence: what runs, else what failed, else what would run. */
function summarize(stages: readonly StageSummary[]): Summary {
  const running = stages.find(({ state }) => state === 'running');
  const failed = stages.find(({ state }) => state === 'failed');
  const stale = stages.filter(({ state }) => state !== 'unchanged' && state !== 'done');
  const [first] = stale;
  if (running !== undefined) {
    const args = { stage: running.name, ready: stages.length - stale.length, all: stages.length };
    return { tone: 'neutral', sign: '▸', words: t('{stage} is running; {ready} of {all} stages are up to date.', args) };
  }
  const waiting = stages.filter(({ state }) => state === 'waiting').length;
  if (waiting > 0) {
    return { tone: 'neutral', sign: '▸', words: t('A run is starting; {waiting} of {all} stages wait.', { waiting, all: stages.length }) };
  }
  if (failed !== undefined) {
    return { tone: 'bad', sign: '✗', words: t('{stage} failed: {reason}', { stage: failed.name, reason: failed.reasons[0] ?? '' }) };
  }
  if (stages.length === 0) return { tone: 'neutral', sign: '○', words: t('The project has no stages yet.') };
  if (first === undefined) return { tone: 'good', sign: '✓', words: t('Everything is up to date.') };
  const args = { count: stale.length, all: stages.length, stage: first.name, reason: first.reasons[0] ?? '' };
  const words =
    first.reasons.length === 0
      ? t('{count} of {all} stages would run, {stage} first.', args)
      : t('{count} of {all} stages would run, {stage} first: {reason}', args);
  return { tone: 'warn', sign: '○', words };
}
