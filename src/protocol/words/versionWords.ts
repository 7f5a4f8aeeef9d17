/** What is to be said of a registered version, with its number and beside it. Pure. */
import { formatAge } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import type { ModelVersion } from '../model.ts';
import { digestTag, filesTag } from '../tables/storedNames.ts';

/** `@challenger @champion`; empty where no alias names it. */
export function aliasWords(aliases: ModelVersion['aliases']): string {
  return aliases.map((alias) => `@${alias}`).join(' ');
}

/** `flights 3 @champion` */
export function versionTitle({ model, version, aliases }: Pick<ModelVersion, 'model' | 'version' | 'aliases'>): string {
  return [`${model} ${version}`, aliasWords(aliases)].filter((part) => part !== '').join(' ');
}

/** `@champion · 0.7210 roc_auc · 5 min ago`, beside its number. @param figure what its run measured, in words */
export function versionWords({ aliases, createdAt, status, stage }: ModelVersion, figure: string | undefined, now = Date.now()): string {
  const names = aliases.length === 0 ? undefined : aliasWords(aliases);
  const parts = [statusWords(status), names, stage, figure, formatAge(createdAt, now)];
  return parts.filter((part) => part !== undefined).join(' · ');
}

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
