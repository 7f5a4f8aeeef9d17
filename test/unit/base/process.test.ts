import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../src/base/process.ts';
import { temporaryFolder } from '../../support/project.ts';

test.skipIf(process.platform === 'win32')('a program that may not be started is named with the reason', async () => {
  const path = join(temporaryFolder(), 'tool');
  writeFileSync(path, 'not a program', { mode: 0o644 });
  await expect(runCommand(path, [])).rejects.toMatchObject({ code: 'process.failed', message: `${path} could not be started (EACCES).` });
});
