/** What each environment is for, in the words of the terminal and the editor. */
import { t } from '../base/localize.ts';
import type { Environment } from './audit.ts';

export interface EnvironmentChoice {
  readonly environment: Environment;
  readonly note: string;
}

/** The proposed one first, then by how much a change asks for. */
export function environmentChoices(): readonly EnvironmentChoice[] {
  return [
    { environment: 'development', note: t('work in progress, before anybody relies on it: no ticket needed') },
    { environment: 'homelab', note: t('a machine of your own, with models that only you use: no ticket needed') },
    { environment: 'staging', note: t('where releases are proved: every change needs a ticket') },
    { environment: 'production', note: t('what others rely on: every change needs a ticket and an approval') },
  ];
}
