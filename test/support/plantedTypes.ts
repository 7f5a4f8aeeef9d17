/** Faults planted into a copy of the sources, and what the compiler says of them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A change of one place of a file, after which something is forgotten. */
export interface Plant {
  /** From the root. */
  readonly file: string;
  /** Stands there once. */
  readonly before: string;
  readonly after: string;
}

const compiler = 'node_modules/typescript-native/bin/tsc';

const parts = {
  src: { include: ['src'], exclude: ['src/extension', 'src/engine/training/gbdt/kernels/assembly'] },
  'src/extension': { include: ['src/extension'], exclude: [] },
};

/** As a part is compiled, but nothing is written. */
const settingsOf = (part: keyof typeof parts) => ({
  ...parts[part],
  extends: `./${part}/tsconfig.json`,
  compilerOptions: { composite: false, incremental: false, emitDeclarationOnly: false, noEmit: true, rootDir: '.' },
});

/** @returns the files of a part that do not compile once all plants stand in them, from the root, with what is said of each */
export async function compilePlanted(
  root: string,
  plants: readonly Plant[],
  part: keyof typeof parts = 'src',
): Promise<ReadonlyMap<string, string>> {
  const copy = mkdtempSync(join(tmpdir(), 'planted '));
  try {
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const plant of plants) putInto(copy, plant);
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(settingsOf(part)));
    const said = await run([join(root, compiler), '--pretty', 'false'], copy);
    const lines = [...said.matchAll(/^(\S+?)\(\d+,\d+\): (error .*)$/gm)];
    return new Map([...Map.groupBy(lines, ([, file = '']) => file)].map(([file, all]) => [file, all.map(([, , text]) => text).join('\n')]));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @throws Error where the place is gone or not the only one: the plant has to move with the code */
function putInto(folder: string, { file, before, after }: Plant): void {
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(before);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like this:\n${before}`);
  writeFileSync(path, parts.join(after));
}

/** What the compiler prints; it ends with an error where it finds some. */
function run(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', ...args], { cwd, maxBuffer: 2 ** 24 }, (_error, stdout) => {
      resolve(stdout);
    });
  });
}
