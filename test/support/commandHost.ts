/** Commands of the terminal in one warm process, which is ended when it does not answer: a hang is an outcome, not the end of the tests. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';

export interface Asked {
  readonly cwd: string;
  readonly args: readonly string[];
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a command of a tiny project may take on a busy machine before it counts as hanging. */
const patienceMs = 60_000;

export interface CommandHost extends AsyncDisposable {
  /** Runs `millwright <args>` in a folder. @throws Error when it gives no answer, or its process dies of it */
  readonly run: (cwd: string, args: readonly string[]) => Promise<Answer>;
}

export function startCommandHost(env: Readonly<Record<string, string>>): CommandHost {
  let child: ChildProcess | undefined;
  const start = (): ChildProcess =>
    fork(join(import.meta.dirname, 'commandHostProcess.ts'), {
      env: { ...process.env, ...env },
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  const end = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending?.exitCode !== null || ending.signalCode !== null) return;
    ending.kill('SIGKILL');
    await once(ending, 'exit');
  };
  return {
    async run(cwd, args) {
      child ??= start();
      const asked = child;
      const what = `millwright ${args.join(' ')}`;
      using timer = new DisposableStack();
      const answer = await new Promise<Answer | string>((settle) => {
        const tired = setTimeout(settle, patienceMs, `${what} gave no answer in ${patienceMs / 1000} s`);
        const onExit = (code: number | null, signal: string | null): void => {
          settle(`${what} ended its process: ${signal ?? code}`);
        };
        asked.once('message', settle);
        asked.once('exit', onExit);
        timer.defer(() => {
          clearTimeout(tired);
          asked.removeAllListeners('message').removeListener('exit', onExit);
        });
        asked.send({ cwd, args } satisfies Asked);
      });
      if (typeof answer !== 'string') return answer;
      await end();
      throw new Error(answer);
    },
    [Symbol.asyncDispose]: end,
  };
}

/** An answer, or a failure that has a name and is none of Millwright's own. */
export function expectNamed(what: string, { exitCode, stdout, stderr }: Answer): void {
  expect(exitCode, `${what}: ${stderr}`).not.toBe(70);
  const found = what === 'audit --verify' && exitCode === 1 && stdout !== ''; // the faults in the log are its answer
  if (exitCode !== 0 && !found) expect(stderr, what).toMatch(/\[(?!internal)[a-z]\w*\.\w+\]/);
}
