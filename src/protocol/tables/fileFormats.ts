/**
 * Every format of data files, stated once: what it is called and which endings stand for it. How it is read and written is in
 * `engine/data`, in tables that do not compile without a way for each.
 */

export interface FileFormat {
  readonly label: string;
  /** Endings that tell the format, without their point. */
  readonly endings: readonly string[];
  /** Those of files that a person is offered to train from: `.txt` and `.json` are mostly something else. */
  readonly offered: readonly string[];
  /** Those that a file to be written may have. */
  readonly written: readonly string[];
  /** Lines of text, which an editor shows and which may be gzip. */
  readonly isText: boolean;
  /** Whether some of its columns are read without the others, so that a question is asked of the file and not of a copy of its rows. */
  readonly isColumnar: boolean;
  /** Between the values of a row, where these have no types of their own: found in the file, or this one. */
  readonly delimiter?: 'found' | '\t';
}

const definitions = {
  csv: {
    label: 'CSV',
    endings: ['csv', 'txt'],
    offered: ['csv'],
    written: ['csv'],
    isText: true,
    isColumnar: false,
    delimiter: 'found',
  },
  tsv: {
    label: 'TSV',
    endings: ['tsv', 'tab'],
    offered: ['tsv', 'tab'],
    written: ['tsv'],
    isText: true,
    isColumnar: false,
    delimiter: '\t',
  },
  parquet: {
    label: 'Parquet',
    endings: ['parquet', 'pq'],
    offered: ['parquet', 'pq'],
    written: ['parquet'],
    isText: false,
    isColumnar: true,
  },
  jsonl: {
    label: 'JSON Lines',
    endings: ['jsonl', 'ndjson', 'json'],
    offered: ['jsonl', 'ndjson'],
    written: ['jsonl', 'ndjson'],
    isText: true,
    isColumnar: false,
  },
} as const satisfies Readonly<Record<string, FileFormat>>;

/** A format as `read.format` names it. */
export type FileFormatName = keyof typeof definitions;
export const fileFormats: Readonly<Record<FileFormatName, FileFormat>> = definitions;
export const fileFormatNames = Object.keys(definitions) as readonly FileFormatName[];

/** A format that files are written in. */
export type WrittenFormatName = {
  [K in FileFormatName]: (typeof definitions)[K]['written'] extends readonly [] ? never : K;
}[FileFormatName];

/** The delimiter that files of the format have; undefined where it is found in them, or where there is none. */
export function knownDelimiter(format: FileFormatName): string | undefined {
  const { delimiter } = fileFormats[format];
  return delimiter === 'found' ? undefined : delimiter;
}

/** What a file's name says of its format. */
export interface NamedFormat<F extends FileFormatName = FileFormatName> {
  readonly format: F;
  /** Without its point and without `.gz`. */
  readonly ending: string;
  readonly gzip: boolean;
}

/** @returns undefined where the name tells no format */
export function formatByName(file: string): NamedFormat | undefined {
  const [, ending = '', gz] = /\.([^./\\]+?)(\.gz)?$/.exec(file.toLowerCase()) ?? [];
  const format = fileFormatNames.find((name) => fileFormats[name].endings.includes(ending));
  return format === undefined ? undefined : { format, ending, gzip: gz !== undefined };
}

/** The format in which a file of this name is written; undefined where none is. */
export function writtenFormat(file: string): NamedFormat<WrittenFormatName> | undefined {
  const named = formatByName(file);
  return named !== undefined && isWritten(named) ? named : undefined;
}

function isWritten(named: NamedFormat): named is NamedFormat<WrittenFormatName> {
  const { written, isText } = fileFormats[named.format];
  return written.includes(named.ending) && (isText || !named.gzip);
}

/** Names of files that a person is offered to train from, as a regular expression that ignores case. */
export const offeredFiles = `\\.(${endingsOf(({ isText }) => isText)})(\\.gz)?$|\\.(${endingsOf(({ isText }) => !isText)})$`;

function endingsOf(isWanted: (format: FileFormat) => boolean): string {
  return Object.values(fileFormats)
    .filter(isWanted)
    .flatMap(({ offered }) => offered)
    .join('|');
}

/** The endings for a dialog that chooses such files. */
export const offeredEndings: readonly string[] = [...Object.values(fileFormats).flatMap(({ offered }) => offered), 'gz'];

/** `CSV, TSV, Parquet or JSON Lines`. @param or between the last two */
export function formatWords(or: string): string {
  return listed(
    Object.values(fileFormats).map(({ label }) => label),
    or,
  );
}

/** `.csv, .tsv, .parquet, .jsonl or .ndjson`: how a file to be written may end. @param or between the last two */
export function writtenWords(or: string): string {
  return listed(
    Object.values(fileFormats).flatMap(({ written }) => written.map((ending) => `.${ending}`)),
    or,
  );
}

function listed(words: readonly string[], or: string): string {
  return `${words.slice(0, -1).join(', ')}${or}${words.at(-1) ?? ''}`;
}
