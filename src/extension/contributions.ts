/** Everything that package.json contributes, from the rows of each room; `scripts/manifest.ts` writes it. */
import { generalCommands, pipelineCommands, registryCommands, tasks, trialCommands } from './commands/contributions.ts';
import type { ArgumentsOf, Contributions, HandlersOf } from './host/contributionRows.ts';
import { manifestTexts } from './host/contributions.ts';
import {
  evaluationCommands,
  exportCommands,
  graphCommands,
  runPageCommands,
  trainCommands,
  validationCommands,
} from './pages/contributions.ts';
import { pages } from './pages/panelTypes.ts';
import { settings } from './settings.ts';
import { views } from './views/contributions.ts';
import { firstSteps } from './walkthrough/contributions.ts';

export const contributions = {
  commands: {
    ...pipelineCommands,
    ...trialCommands,
    ...evaluationCommands,
    ...validationCommands,
    ...exportCommands,
    ...graphCommands,
    ...trainCommands,
    ...runPageCommands,
    ...registryCommands,
    ...generalCommands,
  },
  settings,
  views,
  pages,
  tasks,
  walkthroughs: [firstSteps],
  texts: manifestTexts,
} satisfies Contributions;

type Commands = typeof contributions.commands;
export type CommandId = keyof Commands;
export type CommandHandlers = HandlersOf<Commands>;
export type CommandArguments = { readonly [Id in CommandId]: ArgumentsOf<Commands[Id]> };
