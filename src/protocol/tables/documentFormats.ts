/**
 * Every format of documents that the language server reads: how one is recognised. What is made of it is the folder of the same name in
 * `src/language/formats`; which documents an editor sends to the server, and which files wake the extension, follows from here.
 */
import { projectFileName } from './storedNames.ts';

export interface DocumentFormat {
  /** Names of its files; a star stands for any part of a name. */
  readonly names: readonly string[];
  /** What an editor may call the language of such a file. */
  readonly languages: readonly string[];
  /** What the beginning of its text must hold, where files of other formats have such names too. */
  readonly content?: RegExp;
  /** Whether a workspace that holds such a file starts the extension. */
  readonly wakes: boolean;
}

const definitions = {
  projectFile: { names: [projectFileName], languages: ['yaml'], wakes: true },
} as const satisfies Readonly<Record<string, DocumentFormat>>;

export type DocumentFormatName = keyof typeof definitions;
export const documentFormats: Readonly<Record<DocumentFormatName, DocumentFormat>> = definitions;

/** A document as an editor holds it. */
export interface OpenDocument {
  /** Its path or URI. */
  readonly place: string;
  readonly languageId: string;
  readonly getText: () => string;
}

/** What stands further down tells no format: a long file is not searched at each stroke. */
const beginning = 20_000;

/** Whether a document is of a format, by its name, and by its content where the name does not tell. */
export function isOfFormat({ names, languages, content }: DocumentFormat, { place, languageId, getText }: OpenDocument): boolean {
  const name = place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
  if (!languages.includes(languageId) || !names.some((pattern) => hasName(name, pattern))) return false;
  return content === undefined || content.test(getText().slice(0, beginning));
}

function hasName(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return name === pattern;
  const last = parts.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return from <= end;
}

/** Which documents an editor asks the server about, in the notation of the Language Server Protocol. */
export interface DocumentFilter {
  readonly scheme: 'file';
  readonly language: string;
  readonly pattern: string;
}

export function documentFilters(formats: readonly DocumentFormat[]): DocumentFilter[] {
  return formats.flatMap(({ names, languages }) =>
    names.flatMap((name) => languages.map((language): DocumentFilter => ({ scheme: 'file', language, pattern: `**/${name}` }))),
  );
}

/** The files that wake the extension, at the top of a workspace or one folder below: deeper ones would mean a search through all of it. */
export function wakingFiles(formats: readonly DocumentFormat[]): string[] {
  return formats.filter(({ wakes }) => wakes).flatMap(({ names }) => names.flatMap((name) => [name, `*/${name}`]));
}
