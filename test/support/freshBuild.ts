/** What processes of the product run in a test is what is shipped: `dist`, made anew where the sources changed. */
import { existsSync } from 'node:fs';
import { build } from '../../scripts/build.ts';
import { distFolder } from '../../scripts/paths.ts';
import { sourcesChanged } from '../../scripts/sourceStamp.ts';

export async function setup(): Promise<void> {
  const change = await sourcesChanged('tests');
  if (change === undefined && existsSync(distFolder)) return;
  await build({ minify: false });
  await change?.accept();
}
