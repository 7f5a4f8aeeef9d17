/** What the extension host loads: small, and without native code. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bundleExtension } from '../../../scripts/bundleNode.ts';

const folder = mkdtempSync(join(tmpdir(), 'millwright-bundle-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('the bundle is small, and reaches neither native modules nor the engine', async () => {
  const bundles = await bundleExtension({ minify: true, outputFolder: folder });
  expect(statSync(join(folder, 'extension.cjs')).size).toBeLessThan(300_000);
  const inputs = bundles.flatMap((bundle) => Object.keys(bundle.inputs));
  expect(inputs).toContain('src/extension/extension.ts');
  expect(inputs.filter((path) => /\.node$|@duckdb|onnxruntime|src\/engine\//.test(path))).toEqual([]);
  const outside = bundles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ imports }) => imports.filter(({ external }) => external));
  const foreign = new Set(outside.map(({ path }) => path).filter((path) => !isBuiltin(path)));
  expect([...foreign].sort()).toEqual(['./languageClient.cjs', 'vscode']);
});
