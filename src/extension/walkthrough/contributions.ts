/** The first steps. */
import { formatWords } from '../../protocol/tables/fileFormats.ts';
import type { Walkthrough } from '../host/contributionRows.ts';

export const firstSteps = {
  id: 'start',
  title: 'Get Started with Millwright',
  description: 'From a data file to a registered model in four steps.',
  steps: {
    train: {
      title: 'Train a model from a data file',
      description:
        `Right-click a ${formatWords(' or ')} file in the explorer, or choose one here. Pick what to predict; Millwright proposes the rest and says why.\n` +
        '[Choose a Data File](command:millwright.project.train)',
      alternative: 'A table whose last column is chosen as the target',
      completedBy: 'millwright.project.present',
    },
    run: {
      title: 'Run the pipeline',
      description:
        '`millwright.yaml` describes the whole life of the model. Only stages whose inputs changed run again.\n' +
        '[Run Pipeline](command:millwright.pipeline.run)',
      alternative: 'Stages of a pipeline, one after another, with check marks',
      completedBy: 'millwright.run.present',
    },
    report: {
      title: 'Read the report',
      description:
        'Metrics with intervals against a baseline, ROC and calibration curves, importance, and a table behind every chart.\n' +
        '[Open Evaluation Report](command:millwright.report.open)',
      alternative: 'A ROC curve above the diagonal',
      completedBy: 'millwright.report.read',
    },
    promote: {
      title: 'Promote the model',
      description:
        'Move an alias such as *champion* to the version that has earned it. Every move is in the audit log and can be undone.\n' +
        '[Set an Alias](command:millwright.alias.set)',
      alternative: 'A tag moves from version 1 to version 2',
      completedBy: 'millwright.champion.present',
    },
  },
} as const satisfies Walkthrough;
