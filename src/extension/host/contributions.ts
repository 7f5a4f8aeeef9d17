/** What is contributed on behalf of the whole extension. */
import { setting } from './contributionRows.ts';

export const hostSettings = {
  'runtime.node': setting<string>({
    default: '',
    scope: 'machine',
    description:
      'Path of a Node.js 24 or newer for the engine, the language server and jobs. Only needed on platforms for which Millwright brings none.',
  }),
};

export const manifestTexts = {
  'trust.description':
    'In Restricted Mode Millwright shows pipelines, runs and models and checks millwright.yaml, but trains, predicts and runs nothing.',
};
