/** "Train a Model from This File": from a data file to a trained model in at most four choices. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { trainFromFilePageEvents, trainFromFilePageRequests, type TrainFromFileView } from '../../src/protocol/pages/pageContract.ts';
import { readDataBlock } from '../shared/dataBlock.ts';
import { connectHost } from '../shared/host.ts';
import { startPage } from '../shared/render.tsx';
import type { TrainFromFileActions } from './actions.ts';
import { TrainFromFilePage } from './TrainFromFilePage.tsx';
import './trainFromFile.css';

const show = startPage();

function render(view: TrainFromFileView, actions: TrainFromFileActions): void {
  show(<TrainFromFilePage view={view} actions={actions} />);
}

const preview = readDataBlock('view');
if (preview === undefined) {
  show(<p className="muted">{t('Reading the file…')}</p>);
  const host = connectHost(trainFromFilePageRequests, trainFromFilePageEvents, (view: TrainFromFileView) => {
    render(view, {
      choose: async (choices) => host.choose(choices),
      train: async () => host.train(null),
      repair: async () => host.repair(null),
      stop: async () => host.stop(null),
      openReport: async () => host.openReport(null),
      openGraph: async () => host.openGraph(null),
      openProjectFile: async () => host.openProjectFile(null),
    });
  });
} else {
  render(preview as TrainFromFileView, {});
}
