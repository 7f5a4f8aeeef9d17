/** `npm run bench [name …]`: runs the measurements of `bench/`, one after the other, each printing its ratios to a peer. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './suites.ts';

const available = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}. There are ${available.join(', ')}.`);
  process.exit(2);
}
let failed = 0;
for (const name of asked.length === 0 ? available : asked) {
  console.log(`\n── ${name} ──`);
  if ((await runNode(join(root, 'bench', `${name}.ts`), [])) !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
