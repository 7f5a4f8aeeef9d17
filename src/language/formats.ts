/** What reads each format of documents. */
import type { DocumentFormatName } from '../protocol/tables/documentFormats.ts';
import type { OpenFormat } from './languageFormat.ts';
import { projectFile } from './formats/projectFile/projectFile.ts';

export const formats: Readonly<Record<DocumentFormatName, OpenFormat>> = { projectFile };
