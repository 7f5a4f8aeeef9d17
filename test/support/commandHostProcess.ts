/** A process that runs commands of the terminal, one after the other, as often as it is asked: hundreds of starts would take minutes. */
import { registerHooks } from 'node:module';
import { CancelledError } from '../../src/base/abort.ts';
import { plain } from '../../src/cli/render/style.ts';
import { asksForEntryPoints } from './builtEntryPoint.ts';
import type { Answer, Asked } from './commandHost.ts';

registerHooks({
  resolve: (name, context, next) => next(asksForEntryPoints.test(name) ? import.meta.resolve('./builtEntryPoint.ts') : name, context),
});
const { runProgram } = await import('../../src/cli/program.ts');

process.on('message', ({ cwd, args }: Asked) => {
  void answer(cwd, args).then((given) => process.send?.(given));
});
process.on('disconnect', () => process.exit(0));

async function answer(cwd: string, args: readonly string[]): Promise<Answer> {
  const printed: string[] = [];
  const noted: string[] = [];
  process.chdir(cwd);
  await runProgram(args, {
    print: (line = '') => void printed.push(line),
    note: (line = '') => void noted.push(line),
    draw: () => undefined,
    style: plain,
    noteStyle: plain,
    width: undefined,
    liveSize: undefined,
    sameScreen: false,
    interactive: false,
    ask: () => Promise.reject(new CancelledError()),
  });
  return { exitCode: exitCode(), stdout: printed.join('\n'), stderr: noted.join('\n') };
}

function exitCode(): number {
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return code;
}
