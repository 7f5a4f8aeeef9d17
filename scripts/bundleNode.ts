/** The bundles that run on Node: the entry points of our own processes, and the two halves of the extension. */
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemasOfDefinitions } from '../src/engine/project/schema/projectSchema.ts';
import { root } from './paths.ts';

/** Entry points by the name `src/base/entryPoint.ts` looks them up under. */
const processes = {
  cli: 'src/cli/main.ts',
  engine: 'src/workers/engine.ts',
  language: 'src/language/main.ts',
  stage: 'src/workers/stage.ts',
  trainer: 'src/workers/trainer.ts',
  scorer: 'src/workers/scorer.ts',
  foreign: 'src/workers/foreign.ts',
  query: 'src/workers/query.ts',
} as const;

/** Native packages stay as they are and travel in node_modules. */
const native = ['@duckdb/node-api', '@duckdb/node-bindings', 'onnxruntime-node'];

/** `import.meta.url` for sources that end up in a CommonJS bundle. */
const urlOfBundle = { 'import.meta.url': 'urlOfBundle' };
const urlBanner = `const urlOfBundle = require('node:url').pathToFileURL(__filename).href;`;

export interface BundleOptions {
  readonly minify: boolean;
  readonly outputFolder: string;
}

/**
 * Bundles what runs outside the editor, each process in one file: loading it costs less than reading the chunks that processes could
 * share. In CommonJS a module, also one of Node's, is first evaluated when it is imported, so that a command pays for what it uses.
 * All of them lie in the output folder itself, because a module finds its sibling entry points in its own folder.
 */
export async function bundleProcesses({ minify, outputFolder }: BundleOptions): Promise<Metafile> {
  const { metafile } = await build({
    ...common(minify),
    entryPoints: [
      ...Object.entries(processes).map(([name, source]) => ({ out: codeOf(name), in: join(root, source) })),
      { out: 'compiledCode', in: join(root, 'src/base/compiledCode.ts') },
    ],
    outdir: outputFolder,
    outExtension: { '.js': '.cjs' },
    target: 'node24',
    external: native,
    define: { ...urlOfBundle, builtSchemas: JSON.stringify(schemasOfDefinitions()) },
  });
  for (const name of Object.keys(processes)) await writeFile(join(outputFolder, `${name}.cjs`), launcher(name), { mode: 0o755 });
  return metafile;
}

const codeOf = (name: string): string => `${name}.code`;

/** What is started: it runs the code as it was compiled before. A command of the terminal needs other parts of it than the next. */
function launcher(name: string): string {
  const use = name === 'cli' ? `, /^[a-z]+$/.exec(process.argv[2])?.[0]` : '';
  return `#!/usr/bin/env -S node --no-warnings
require('./compiledCode.cjs').runCompiled(\`\${__dirname}/${codeOf(name)}.cjs\`${use});
`;
}

/** Bundles the extension, and its language client apart, for the editor's own Node. */
export async function bundleExtension({ minify, outputFolder }: BundleOptions): Promise<Metafile[]> {
  const bundles = { extension: 'src/extension/extension.ts', languageClient: 'src/extension/language/languageClient.ts' };
  const built = Object.entries(bundles)
    .filter(([, source]) => existsSync(join(root, source)))
    .map(async ([name, source]) => {
      const { metafile } = await build({
        ...common(minify),
        entryPoints: [join(root, source)],
        outfile: join(outputFolder, `${name}.cjs`),
        target: 'node22',
        external: ['vscode'],
        plugins: [languageClientApart],
      });
      return metafile;
    });
  return Promise.all(built);
}

/** `await import('./languageClient.ts')` loads the client's own bundle, so that activation need not parse it. */
const languageClientApart: Plugin = {
  name: 'language client apart',
  setup(builder) {
    builder.onResolve({ filter: /\/languageClient\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './languageClient.cjs', external: true } : undefined,
    );
  },
};

function common(minify: boolean): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    define: urlOfBundle,
    banner: { js: urlBanner },
    minifyWhitespace: minify,
    minifySyntax: minify, // and not the names: they are read in crash reports
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  };
}
