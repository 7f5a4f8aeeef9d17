/** Where a project's runs and models are, and which kind of store that is. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { defaultStoreUri } from '../../protocol/tables/storedNames.ts';

/** What is known of a project: all of it, or its folder alone, as where its file cannot be read. */
export interface ProjectPlace {
  /** Real path of the project folder. */
  readonly root: string;
  /** As written under `tracking.uri`; default: the store that MLflow itself would make in the folder. */
  readonly storeUri?: string;
}

export interface StorePlace {
  readonly root: string;
  readonly uri: string;
}

/** The kinds of store, by the scheme of their URI: whoever opens stores has a row for each. */
const schemes = ['sqlite'] as const;
export type StoreScheme = (typeof schemes)[number];

/** @throws AppError `store.unknownScheme` (kind usage) */
export function locateStore({ root, storeUri: uri = defaultStoreUri }: ProjectPlace): StorePlace & { readonly scheme: StoreScheme } {
  const scheme = schemes.find((candidate) => uri.startsWith(`${candidate}:`));
  if (scheme !== undefined) return { root, uri, scheme };
  throw new AppError('store.unknownScheme', t('The store {uri} is of a kind that is not read yet.', { uri }), {
    kind: 'usage',
    args: { uri },
    remedy: t('Set tracking.uri to {uri}, or leave it out.', { uri: defaultStoreUri }),
  });
}
