/** Compiles the kernels of boosting from AssemblyScript to WebAssembly, once for each state of their source. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../src/base/files.ts';
import { sha256 } from '../src/base/hash.ts';
import { outFolder, root } from './paths.ts';

const folder = join(root, 'src', 'engine', 'training', 'gbdt', 'kernels');

/** Imported by a name that TypeScript does not follow: the types that come with it declare globals anew. */
const compiler = ['assemblyscript', 'asc'].join('/');

/** What is used of it. */
interface Compiler {
  readonly main: (
    options: readonly string[],
    files: { readFile(name: string): string | null; writeFile(name: string, contents: Uint8Array): void },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'bulk-memory', '--importMemory'];

/** @returns the path of the compiled module */
export async function compileKernels(): Promise<string> {
  const sources = await readSources();
  const key = sha256(JSON.stringify([options, ...sources, await readFile(join(root, 'node_modules/assemblyscript/package.json'), 'utf8')]));
  const module = join(outFolder, `kernels-${key.slice(0, 16)}.wasm`);
  if (!existsSync(module)) await writeAtomic(module, await compile(new Map(sources)));
  return module;
}

/** Every source with its path from the folder of the kernels. */
async function readSources(): Promise<[name: string, text: string][]> {
  const names = await readdir(folder, { recursive: true });
  const sources = names.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.ts'));
  return Promise.all(sources.sort().map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')]));
}

async function compile(sources: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const { main } = (await import(compiler)) as Compiler;
  let module: Uint8Array | undefined;
  const { error, stderr } = await main(['assembly/exports.ts', ...options, '--outFile', 'kernels.wasm'], {
    readFile: (name) => assemblySource(sources, name),
    writeFile: (_name, contents) => {
      module = contents;
    },
  });
  if (error !== null || module === undefined) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  return module;
}

/**
 * A source as AssemblyScript reads it: names end once in `.ts`, it has a memory of its own, and it knows the types by itself.
 * @returns null where there is none, as the compiler wants it
 */
function assemblySource(sources: ReadonlyMap<string, string>, name: string): string | null {
  const path = name.replace(/\.ts\.ts$/, '.ts');
  const text = sources.get(path === 'memory.ts' ? 'assembly/memory.ts' : path);
  return text?.replaceAll(/^import type .*;$/gm, '') ?? null;
}

if (import.meta.main) console.log(await compileKernels());
