/** The name of a proposed data set: that of its file, so that it can stand in SQL as it is. */
import type { Duckdb } from '../data/sql/duckdb.ts';

/** The parts of the file have these names. */
const taken = new Set(['learn', 'test']);

/** @param stem the file's name without its ending */
export async function datasetName(duckdb: Duckdb, stem: string): Promise<string> {
  const words = stem
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = /^[a-z]/.test(words) ? words : `data${words === '' ? '' : `_${words}`}`;
  const isUsable = !taken.has(name) && !(await isKeyword(duckdb, name));
  return isUsable ? name : `${name}_data`;
}

/** Whether SQL would take the word for something else than a table. */
async function isKeyword(duckdb: Duckdb, word: string): Promise<boolean> {
  const rows = await duckdb.query(`SELECT keyword_category AS category FROM duckdb_keywords() WHERE keyword_name = '${word}'`);
  return rows.some(({ category }) => category !== 'unreserved');
}
