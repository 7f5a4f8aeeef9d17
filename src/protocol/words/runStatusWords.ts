/** The state of a run as a person says it. */
import { t } from '../../base/localize.ts';
import type { RunStatus } from '../run.ts';

export function runStatusWords(status: RunStatus): string {
  switch (status) {
    case 'RUNNING':
      return t('running');
    case 'SCHEDULED':
      return t('waiting');
    case 'FINISHED':
      return t('finished');
    case 'FAILED':
      return t('failed');
    case 'KILLED':
      return t('cancelled');
  }
}
