/** Files that are made by the code and committed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Expects the file to be as it is made anew; `UPDATE_GOLDEN=1` writes it so. @param generate is given what the file holds now */
export function checkCommitted(path: string, generate: (committed: string) => string): void {
  const file = join(root, path);
  const committed = readFileSync(file, 'utf8');
  const generated = generate(committed);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, generated);
  else expect(committed).toBe(generated);
}
