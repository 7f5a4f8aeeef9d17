/** The views in Millwright's own part of the side bar. */
import { formatWords } from '../../protocol/tables/fileFormats.ts';
import { setting, type ViewTable } from '../host/contributionRows.ts';

export const views: ViewTable = {
  pipelines: {
    title: 'Pipelines',
    welcome: {
      noFolder: {
        text: 'Open a folder to see its pipelines.\n[Open Folder](command:workbench.action.files.openFolder)',
        when: ['workbenchState == empty'],
      },
      noProject: {
        text:
          `No millwright.yaml in this folder yet. Millwright writes one from a ${formatWords(' or ')} file: it proposes the features, you choose what to predict.\n` +
          '[Train a Model from a Data File](command:millwright.project.train)\n' +
          'New here? Take the [first steps](command:workbench.action.openWalkthrough?%5B%22millwright.millwright%23start%22%5D), or [check this machine](command:millwright.doctor.run).',
        when: ['workbenchState != empty', 'millwright.project.searched', '!millwright.project.present', 'isWorkspaceTrusted'],
      },
      untrusted: {
        text: 'No millwright.yaml in this folder. In Restricted Mode Millwright only shows what is there.\n[Manage Workspace Trust](command:workbench.trust.manage)',
        when: ['workbenchState != empty', 'millwright.project.searched', '!millwright.project.present', '!isWorkspaceTrusted'],
      },
    },
  },
  experiments: {
    title: 'Experiments',
    welcome: { noRuns: { text: 'No runs yet. Every training of the pipeline appears here.', when: ['millwright.run.none'] } },
  },
  models: {
    title: 'Models',
    welcome: { noModels: { text: 'No registered models yet. A register stage puts a model here.', when: ['millwright.model.none'] } },
  },
};

export const viewSettings = {
  'experiments.limit': setting<number>({
    default: 200,
    minimum: 1,
    maximum: 10_000,
    scope: 'resource',
    description: 'The largest number of runs shown in the Experiments view, newest first.',
  }),
};
