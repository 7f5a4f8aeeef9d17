/** The page in each of its states. */
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { metricTitle } from '../../src/protocol/tables/metrics.ts';
import type { TrainFromFileView } from '../../src/protocol/pages/pageContract.ts';
import { mayGoWellAgain } from '../../src/protocol/repairs.ts';
import { ErrorNotice } from '../shared/ErrorNotice.tsx';
import { IntervalPlot } from '../shared/IntervalPlot.tsx';
import { ask, type TrainFromFileActions } from './actions.ts';
import { Choices } from './Choices.tsx';
import { Steps } from './Steps.tsx';

export interface TrainFromFileProps {
  readonly view: TrainFromFileView;
  readonly actions: TrainFromFileActions;
}

export function TrainFromFilePage({ view, actions }: TrainFromFileProps) {
  return (
    <>
      <header>
        <div>
          <p className="muted">{view.file}</p>
          <h1>{t('Train a Model from This File')}</h1>
        </div>
      </header>
      <Body view={view} actions={actions} />
    </>
  );
}

function Body({ view, actions }: TrainFromFileProps) {
  switch (view.state) {
    case 'profiling':
      return (
        <p className="muted" role="status">
          {t('Reading the file and looking at its columns…')}
        </p>
      );
    case 'choosing':
      return <Choices view={view} actions={actions} />;
    case 'training':
      return <Training view={view} actions={actions} />;
    case 'done':
      return (
        <section>
          <Steps steps={view.steps} />
          <Outcome view={view} />
          <p className="actions">
            <button
              type="button"
              className="primary"
              onClick={() => {
                ask(actions.openReport?.());
              }}
            >
              {t('Open the Report')}
            </button>
            <button
              type="button"
              onClick={() => {
                ask(actions.openGraph?.());
              }}
            >
              {t('Open the Pipeline Graph')}
            </button>
            <ProjectFileButton actions={actions} />
          </p>
          <NextSteps />
        </section>
      );
    case 'stopped':
      return (
        <section>
          <Steps steps={view.steps} />
          <p role="status">{t('Stopped. What was finished is kept; training again goes on from there.')}</p>
          <p className="actions">
            <button
              type="button"
              className="primary"
              onClick={() => {
                ask(actions.train?.());
              }}
            >
              {t('Train Again')}
            </button>
            <ProjectFileButton actions={actions} />
          </p>
        </section>
      );
    case 'failed':
      return <Failure view={view} actions={actions} />;
  }
}

/** What repairs it comes first; trying again is offered only where the same may go well another time, or where a file is read anew. */
function Failure({
  view: { error, retry, repair },
  actions,
}: {
  readonly view: Extract<TrainFromFileView, { readonly state: 'failed' }>;
  readonly actions: TrainFromFileActions;
}) {
  const again = retry === 'choose' ? t('Read the File Again') : mayGoWellAgain(error) ? t('Try Again') : undefined;
  return (
    <section>
      <ErrorNotice error={error} />
      <p className="actions">
        {repair === undefined ? null : (
          <button
            type="button"
            className="primary"
            onClick={() => {
              ask(actions.repair?.());
            }}
          >
            {repair}
          </button>
        )}
        {again === undefined ? null : (
          <button
            type="button"
            className={repair === undefined ? 'primary' : ''}
            onClick={() => {
              ask(retry === 'train' ? actions.train?.() : actions.choose?.({}));
            }}
          >
            {again}
          </button>
        )}
        <ProjectFileButton actions={actions} />
      </p>
    </section>
  );
}

function Outcome({ view: { summary, figure } }: { readonly view: Extract<TrainFromFileView, { readonly state: 'done' }> }) {
  return (
    <>
      <p className="summary" role="status">
        {summary}
      </p>
      {figure === undefined ? null : (
        <p className="figure">
          <span className="muted">{metricTitle(figure.metric)}</span> <strong>{formatFigure(figure.model.value)}</strong>
          <span className="muted">
            {figure.baseline === undefined
              ? t('{low} to {high}', { low: formatFigure(figure.model.low), high: formatFigure(figure.model.high) })
              : t('{low} to {high}, baseline {baseline}', {
                  low: formatFigure(figure.model.low),
                  high: formatFigure(figure.model.high),
                  baseline: formatFigure(figure.baseline.value),
                })}
          </span>
          <IntervalPlot result={figure} />
        </p>
      )}
    </>
  );
}

/** What a trained model is good for. */
function NextSteps() {
  return (
    <ul className="next muted">
      <li>{t('Change a parameter in millwright.yaml and run again: only what changed runs, and the report compares with this model.')}</li>
      <li>
        {t('Predict for a file of new rows, in the terminal:')}{' '}
        <code>millwright predict --model NAME@challenger --data FILE --output predictions.csv</code>
      </li>
      <li>{t('Models in the side bar: set an alias such as champion for the version that others shall use.')}</li>
    </ul>
  );
}

function ProjectFileButton({ actions }: Pick<TrainFromFileProps, 'actions'>) {
  return (
    <button
      type="button"
      onClick={() => {
        ask(actions.openProjectFile?.());
      }}
    >
      {t('Open millwright.yaml')}
    </button>
  );
}

function Training({
  view,
  actions,
}: {
  readonly view: Extract<TrainFromFileView, { readonly state: 'training' }>;
  readonly actions: TrainFromFileActions;
}) {
  const seconds = view.remainingMs === undefined ? undefined : Math.max(1, Math.round(view.remainingMs / 1000));
  return (
    <section>
      <Steps steps={view.steps} />
      <progress max={1} aria-label={t('Training')} {...(view.fraction === undefined ? {} : { value: view.fraction })} />
      <p className="muted" role="status">
        {view.stopping ? t('Stopping…') : (view.activity ?? t('Starting…'))}
        {seconds === undefined || view.stopping ? '' : ` · ${t('about {seconds} s left', { seconds })}`}
      </p>
      <p className="actions">
        <button
          type="button"
          disabled={view.stopping}
          onClick={() => {
            ask(actions.stop?.());
          }}
        >
          {t('Stop')}
        </button>
      </p>
    </section>
  );
}
