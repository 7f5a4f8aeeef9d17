/** What every workbench test needs: a real VS Code, Chromium, and the packaged extension. */
import { existsSync } from 'node:fs';
import { ensureChromium, ensureCodeServer } from '../../../scripts/codeServer.ts';
import { packageExtension, vsixPath } from '../../../scripts/package.ts';

export default async function setUp(): Promise<void> {
  await ensureCodeServer();
  await ensureChromium();
  if (!existsSync(vsixPath())) await packageExtension();
}
