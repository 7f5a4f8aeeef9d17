/** Texts for people, translatable in every process through one bundle. */
import { config, t as translate } from '@vscode/l10n';

/** The variable that names the file with the texts of the editor's language to the processes it starts; unset for English. */
export const textsVariable = 'MILLWRIGHT_L10N';

let isLookedFor = false;

/**
 * The text in the user's language, with `{name}` replaced by the arguments.
 * Pass literals only: the extraction of texts to translate reads the source.
 */
export function t(message: string, args: Readonly<Record<string, string | number | boolean>> = {}): string {
  if (!isLookedFor) loadTexts();
  return translate(message, args);
}

function loadTexts(): void {
  isLookedFor = true;
  const path = typeof process === 'undefined' ? undefined : process.env[textsVariable]; // a page has no process; its document brings the texts
  if (path === undefined || path === '') return;
  try {
    config({ fsPath: path });
  } catch {
    return; // an editor that was updated meanwhile may have taken the file away: English says it, too
  }
}
