import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, startCommand } from '../../../src/base/process.ts';
import { temporaryFolder } from '../../support/project.ts';

test.skipIf(process.platform === 'win32')('a program that may not be started is named with the reason', async () => {
  const path = join(temporaryFolder(), 'tool');
  writeFileSync(path, 'not a program', { mode: 0o644 });
  await expect(runCommand(path, [])).rejects.toMatchObject({ code: 'process.failed', message: `${path} could not be started (EACCES).` });
});

test.each([
  ['a value with NUL', 'node', [], { TOKEN: 'hidden\0hidden' }, /^node could not be started: NUL in an argument or in its environment$/],
  ['an argument with NUL', 'node', ['hidden\0'], {}, /^node could not be started: NUL in an argument or in its environment$/],
  ['a command with NUL', 'no\0de', [], {}, /could not be started: NUL in an argument or in its environment$/],
])('a command that the system cannot take has a name and tells no value: %s', async (_, command, args, env, message) => {
  const ignore = (): void => undefined;
  const start = startCommand(command, args, { cwd: temporaryFolder(), env, onStdout: ignore, onStderr: ignore });
  await expect(start).rejects.toMatchObject({
    code: 'process.notStarted',
    message: expect.stringMatching(message) as string,
  });
});

test.skipIf(process.platform !== 'linux')('a value of more bytes than the system takes is a named error', async () => {
  const ignore = (): void => undefined;
  const start = startCommand('node', [], {
    cwd: temporaryFolder(),
    env: { LONG: 'x'.repeat(2 ** 20) },
    onStdout: ignore,
    onStderr: ignore,
  });
  await expect(start).rejects.toMatchObject({ code: 'process.notStarted', message: 'node could not be started: E2BIG' });
});

test('a working folder that is not there is said to be missing, and not the program', async () => {
  const cwd = join(temporaryFolder(), 'gone');
  const ignore = (): void => undefined;
  const missing = expect.objectContaining({ code: 'process.folderNotFound', args: { command: 'node', path: cwd } }) as unknown;
  await expect(runCommand('node', ['--version'], { cwd })).rejects.toEqual(missing);
  await expect(startCommand('node', ['--version'], { cwd, onStdout: ignore, onStderr: ignore })).rejects.toEqual(missing);
  await expect(runCommand('no-such-program', [], { cwd: temporaryFolder() })).rejects.toMatchObject({ code: 'process.notFound' });
});
