/** Columns whose values stand in the names of folders: `year=2024/month=05/rows.parquet`. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { quoteName, quoteText } from '../sql/sqlText.ts';

/** A column's value for every row of a file. */
export interface Partition {
  readonly name: string;
  /** Null where the folder stands for a missing value. */
  readonly value: string | null;
}

/** How Hive writes that a value is missing. */
const missingValue = '__HIVE_DEFAULT_PARTITION__';

/** @param path with `/`, from the project folder */
export function partitionsOf(path: string): Partition[] {
  return path
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
      return name === undefined || value === undefined ? [] : [{ name: unescape(name), value: valueOf(value) }];
    });
}

function valueOf(written: string): string | null {
  return written === missingValue || written === '' ? null : unescape(written);
}

/** Signs that a folder's name cannot hold are written as `%3A`. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a per cent sign that stands for itself
  }
}

export interface PartitionColumn {
  readonly name: string;
  /** DuckDB's type name: whole numbers where every folder has one, else texts. */
  readonly storedAs: string;
}

/** The partition columns of files, with the values of each file. */
export interface Partitions {
  readonly columns: readonly PartitionColumn[];
  /** By the path of {@link PartitionedFile}. */
  readonly values: ReadonlyMap<string, readonly Partition[]>;
}

export interface PartitionedFile {
  readonly path: string;
  /** As {@link partitionsOf} takes it. */
  readonly portable: string;
}

/**
 * @param names the columns that the files themselves have
 * @throws AppError `dataset.partitions` when files lie in folders of other names, or a folder is named like a column of its files
 */
export function findPartitions(files: readonly PartitionedFile[], names: readonly string[], key: string): Partitions {
  const values = new Map(files.map(({ path, portable }) => [path, partitionsOf(portable)]));
  const [first] = files;
  const common = first === undefined ? [] : (values.get(first.path) ?? []).map(({ name }) => name);
  const taken = new Set(names.map((name) => name.toLowerCase()));
  for (const name of common) {
    if (taken.has(name.toLowerCase())) throw notPartitions(t('"{name}" is a folder and a column of the files', { name }), key);
    taken.add(name.toLowerCase());
  }
  for (const { path, portable } of files) {
    const found = (values.get(path) ?? []).map(({ name }) => name);
    if (found.join('/') !== common.join('/')) {
      throw notPartitions(t('{first} and {path} lie in folders of other names', { first: first?.portable ?? '', path: portable }), key);
    }
  }
  const columns = common.map((name, index) => {
    const texts = [...values.values()].flatMap((partitions) => partitions[index]?.value ?? []);
    const areWhole = texts.length > 0 && texts.every((text) => /^(0|-?[1-9]\d{0,14})$/.test(text));
    return { name, storedAs: areWhole ? 'BIGINT' : 'VARCHAR' };
  });
  return { columns, values };
}

function notPartitions(reason: string, key: string): AppError {
  return new AppError('dataset.partitions', t('Folders cannot be read as columns: {reason}.', { reason }), {
    args: { reason, key },
    remedy: t('Leave out "hive_partitions", narrow the glob, or rename the folder.'),
  });
}

/** The rows of files with the columns of their folders. `read` is the call that reads some of them. */
export function withPartitions(
  paths: readonly string[],
  { columns, values }: Partitions,
  read: (paths: readonly string[]) => string,
): string {
  if (columns.length === 0) return read(paths);
  const groups: { readonly list: string; readonly paths: string[] }[] = [];
  for (const path of paths) {
    const partitions = values.get(path) ?? [];
    const list = columns.map(
      ({ name, storedAs }, index) => `CAST(${literal(partitions[index]?.value)} AS ${storedAs}) AS ${quoteName(name)}`,
    );
    const last = groups.at(-1);
    if (last?.list === list.join(', ')) last.paths.push(path);
    else groups.push({ list: list.join(', '), paths: [path] });
  }
  return `(${groups.map((group) => `SELECT *, ${group.list} FROM ${read(group.paths)}`).join(' UNION ALL ')})`;
}

function literal(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : quoteText(value);
}
