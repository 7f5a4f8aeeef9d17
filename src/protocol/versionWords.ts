/** What is to be said of a registered version beside its number. Pure. */
import { t } from '../base/localize.ts';
import type { ModelVersion } from './model.ts';

/** A registration that did not come to its end, in words; undefined for one that did. */
export function statusWords(status: ModelVersion['status']): string | undefined {
  switch (status) {
    case 'READY':
      return undefined;
    case 'PENDING_REGISTRATION':
      return t('being registered');
    case 'FAILED_REGISTRATION':
      return t('registration failed');
  }
}
