/** What is to be said of a registered version beside its number. Pure. */
import { t } from '../../base/localize.ts';
import type { ModelVersion } from '../model.ts';
import { digestTag, filesTag } from '../tables/storedNames.ts';

/** How much less than all of a version's files can be compared with what was registered; undefined where all can. */
export function unverifiedWords({ tags }: Pick<ModelVersion, 'tags'>): string | undefined {
  if (tags[filesTag] !== undefined) return undefined;
  return tags[digestTag] === undefined
    ? t('its files are not checked: it was registered without their digests')
    : t('its graph alone is checked: it was registered before the digest of all files was kept');
}

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
