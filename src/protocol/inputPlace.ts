/** Where a data set that a run read comes from, in words: of every kind of source that MLflow writes. Pure. */
import type { RunInput } from './run.ts';
import { sourceTag } from './tables/storedNames.ts';

/**
 * A path, an address, a table, a query or the name of the script that made it; for kinds that are not known the kind.
 * MLflow keeps sources as JSON, of which nothing is shown as it stands.
 */
export function inputPlace({ source, sourceType }: Pick<RunInput, 'source' | 'sourceType'>): string {
  const parsed = parsedObject(source);
  if (parsed === undefined) return /^\s*[{[]/.test(source) ? sourceType : source;
  const text = (key: string): string | undefined => {
    const value = parsed[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const place =
    text('uri') ??
    text('url') ??
    text('path') ??
    table(text, parsed.delta_table_version) ??
    text('sql')?.replace(/\s+/g, ' ') ??
    text('dataset_id');
  return [place ?? script(parsed.tags) ?? sourceType, text('config_name'), text('split')].filter((part) => part !== undefined).join(' · ');
}

function table(text: (key: string) => string | undefined, version: unknown): string | undefined {
  const name = text('delta_table_name') ?? text('table_name');
  return name === undefined || (typeof version !== 'number' && typeof version !== 'string') ? name : `${name}@${version}`;
}

/** Data made by code is named by the file that ran. */
function script(tags: unknown): string | undefined {
  if (typeof tags !== 'object' || tags === null) return undefined;
  const names = ['mlflow.databricks.notebookPath', sourceTag] as const;
  const named = names
    .map((name) => (tags as Readonly<Record<string, unknown>>)[name])
    .find((value) => typeof value === 'string' && value !== '');
  return typeof named === 'string' ? named.split(/[\\/]/).at(-1) : undefined;
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // another tool's words
  }
}
