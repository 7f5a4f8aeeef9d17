/** What is shown in a project file. */
import { setting } from '../host/contributionRows.ts';

export const projectFileSettings = {
  'codeLens.enabled': setting<boolean>({
    default: true,
    scope: 'resource',
    description: 'Show *Run Stage* and the last metric above each stage in `millwright.yaml`.',
  }),
};
