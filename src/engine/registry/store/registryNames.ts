/** What MLflow accepts as names of models and aliases. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';

/**
 * A model's name: not blank, without `/` and `:`, which the newest MLflow refuses because they end a name in `models:/name/1`.
 * @throws AppError `registry.badName`
 */
export function requireModelName(name: string): void {
  if (name.trim() !== '' && name.length <= 256 && !/[/:]/.test(name) && !name.startsWith('..') && name !== '.') return;
  throw new AppError('registry.badName', t('"{name}" is no name for a registered model.', { name }), {
    args: { name },
    remedy: t('Use 1 to 256 characters without "/" and ":".'),
  });
}

/**
 * An alias: letters, digits, `_` and `-`; `latest` and `v1`, `v2` … are MLflow's own.
 * @throws AppError `registry.badAlias`
 */
export function requireAlias(alias: string): void {
  if (/^[\p{L}\p{N}_-]{1,255}$/u.test(alias) && alias.toLowerCase() !== 'latest' && !/^v\d+$/i.test(alias)) return;
  throw new AppError('registry.badAlias', t('"{alias}" cannot be an alias.', { alias }), {
    args: { alias },
    remedy: t('Use letters, digits, "_" and "-"; "latest" and "v1", "v2", … are reserved by MLflow.'),
  });
}
