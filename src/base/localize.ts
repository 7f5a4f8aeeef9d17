/** Texts for people, translatable in every process through one bundle. */
import { t as translate } from '@vscode/l10n';

/**
 * The text in the user's language, with `{name}` replaced by the arguments.
 * Pass literals only: the extraction of texts to translate reads the source.
 */
export function t(message: string, args: Readonly<Record<string, string | number | boolean>> = {}): string {
  return translate(message, args);
}
