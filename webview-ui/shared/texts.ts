/** Loads the translated texts of the document. Imported first by every page: texts are looked up while modules load. */
import { config } from '@vscode/l10n';
import { readDataBlock } from './dataBlock.ts';

const texts = readDataBlock('texts');
if (texts !== undefined) config({ contents: texts as Record<string, string> });
