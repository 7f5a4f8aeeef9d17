/** Bundles the pages: one script and one style per page, for the webviews and for the exported files alike. */
import { build, type Metafile } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageNames } from '../src/protocol/pages/pageContract.ts';
import { distFolder, root } from './paths.ts';

export interface BundlePagesOptions {
  /** The folder that gets `<page>.js` and `<page>.css`. Default: `dist/pages`. */
  readonly outDir?: string;
  readonly minify: boolean;
}

export async function bundlePages({ outDir = join(distFolder, 'pages'), minify }: BundlePagesOptions): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: pageNames.map((page) => ({ in: fileURLToPath(new URL(`../webview-ui/${page}/main.tsx`, import.meta.url)), out: page })),
    outdir: outDir,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    jsx: 'automatic',
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': JSON.stringify(minify ? 'production' : 'development') },
    conditions: minify ? ['production'] : ['development'],
    logLevel: 'warning',
  });
  return metafile;
}
