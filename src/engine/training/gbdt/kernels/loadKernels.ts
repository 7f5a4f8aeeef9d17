/** Finds the kernels in WebAssembly: beside the bundle, or, in a checkout, compiled once for each state of their source. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../../base/process.ts';
import { webAssembly, type WebAssemblyModule } from './webAssembly.ts';

const here = dirname(fileURLToPath(import.meta.url));
const bundled = basename(here) !== 'kernels';

let loading: Promise<WebAssemblyModule | undefined> | undefined;

/** @returns undefined where there is no WebAssembly with SIMD, or a checkout has no compiler: TypeScript's kernels give the same bytes */
export function loadKernels(): Promise<WebAssemblyModule | undefined> {
  return (loading ??= load());
}

async function load(): Promise<WebAssemblyModule | undefined> {
  const file = bundled ? join(here, 'kernels.wasm') : await compiledFile();
  if (file === undefined) return undefined;
  const code = await readFile(file);
  return webAssembly.validate(code) ? webAssembly.compile(code) : undefined;
}

async function compiledFile(): Promise<string | undefined> {
  const script = join(here, '../../../../../scripts/compileKernels.ts');
  const output = await runCommand(process.execPath, ['--no-warnings', script], { timeoutMs: 120_000 }).catch(() => undefined);
  return output?.stdout.trim();
}
