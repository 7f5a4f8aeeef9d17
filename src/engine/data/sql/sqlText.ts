/** Spelling of names and values in SQL, and the types SQL gives us in the words of a project file. */
import type { ColumnType } from '../../../protocol/dataset.ts';

/** A name as SQL reads it back unchanged, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts as a SQL literal. */
export function quoteTexts(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]`;
}

/** A text as a regular expression that matches nothing else, in SQL as in JavaScript. */
export function escapeForm(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** What values a stored type holds, however it stores them. */
export type TypeFamily = 'integer' | 'number' | 'boolean' | 'text' | 'time' | 'nested';

const integers = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
]);

/** The family of a DuckDB type name. */
export function familyOf(storedAs: string): TypeFamily {
  if (integers.has(storedAs)) return 'integer';
  if (/[[\](]/.test(storedAs) && !/^(DECIMAL|ENUM)\(/.test(storedAs)) return 'nested';
  if (storedAs === 'DOUBLE' || storedAs === 'FLOAT' || storedAs.startsWith('DECIMAL')) return 'number';
  if (storedAs === 'BOOLEAN') return 'boolean';
  if (storedAs === 'DATE' || storedAs.startsWith('TIMESTAMP')) return 'time';
  return 'text';
}

/** Whether the type holds only whole numbers that are exact as float64. */
export function isSmallInteger(storedAs: string): boolean {
  return /^U?((TINY|SMALL)INT|INTEGER)$/.test(storedAs);
}

/** The type a column has when the project does not declare one. */
export function defaultType(storedAs: string): ColumnType {
  const family = familyOf(storedAs);
  if (family === 'time') return 'timestamp';
  return family === 'nested' ? 'text' : family;
}
