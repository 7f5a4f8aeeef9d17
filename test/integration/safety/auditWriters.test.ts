import { execa } from 'execa';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { temporaryFolder } from '../../support/project.ts';

const change = join(import.meta.dirname, '../../../src/engine/safety/change.ts');
const changes = 10;

/** A process that makes changes one after another. */
const script = (root: string, name: string): string => `
  import { change } from ${JSON.stringify(change)};
  const log = { root: ${JSON.stringify(root)}, user: ${JSON.stringify(name)}, environment: 'development', command: 'x', secrets: [] };
  for (let index = 0; index < ${changes}; index++) {
    await change(log, { describe: { operation: 'set', resources: [String(index)] }, prepareUndo: () => undefined, apply: () => ({ value: 0 }) });
  }`;

it('eight processes at once lose no line and break no chain', async () => {
  const root = temporaryFolder();
  const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
  await Promise.all(
    writers.map(async (name) => execa(process.execPath, ['--no-warnings', '--input-type=module', '-e', script(root, name)])),
  );
  const lines = await readAuditLog(root);
  expect(await verifyAuditLog(root)).toEqual([]);
  expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 8 * changes * 2 }, (_, index) => index + 1));
  for (const name of writers) {
    const own = lines.filter(({ entry }) => entry.user === name);
    expect(own.map(({ entry }) => [entry.outcome, entry.resources_affected[0]])).toEqual(
      Array.from({ length: changes }, (_, index) => [
        ['started', String(index)],
        ['success', String(index)],
      ]).flat(),
    );
  }
});
