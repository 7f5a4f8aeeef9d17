/** Real `millwright` processes: their exit code and what they print. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startMillwright } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';

/** Answers are remembered for the user: here for nobody. */
export const emptyConfig = { MILLWRIGHT_CONFIG_HOME: makeFolder('config'), NO_COLOR: '1' };

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, without a terminal. */
export async function millwright(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { exitCode, stdout, stderr } = await startMillwright(cwd, args, { ...emptyConfig, ...env });
  return { code: exitCode, stdout: String(stdout), stderr: String(stderr) };
}

/** Every file of a folder with a digest of its content, but for our own state. */
export function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.millwright'));
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

interface JsonFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly at?: { readonly file: string; readonly line: number; readonly column: number };
}

/** The failures that a command with `--json` reports: as its whole answer, or as those of the stages that failed. */
export function failuresIn(stdout: string): readonly JsonFailure[] {
  const answer = JSON.parse(stdout) as {
    readonly errors?: readonly JsonFailure[];
    readonly stages?: readonly { readonly error?: JsonFailure }[];
  };
  return answer.errors ?? answer.stages?.flatMap(({ error }) => error ?? []) ?? [];
}
