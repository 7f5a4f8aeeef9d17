/** Project folders for tests. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder (its real path), gone after the test. */
export function temporaryFolder(name = 'project'): string {
  const folder = makeFolder(name);
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** An empty folder that the caller removes. */
export function makeFolder(name = 'project'): string {
  return realpathSync(mkdtempSync(join(tmpdir(), `millwright ${name} `)));
}
