/**
 * `npm start [example]`: builds and packages the extension, then takes an example from its data check to a registered model with
 * batch predictions, by the same command line that users have. What did not change is not done again.
 */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { formatDuration } from '../src/base/clock.ts';
import type { RegisteredModel } from '../src/protocol/model.ts';
import type { Run } from '../src/protocol/run.ts';
import { distFolder, root } from './paths.ts';
import { AppError, errorText, exitCodes } from '../src/base/errors.ts';
import { exampleFolder, exampleNamed, examples, packageIfChanged, placeData, type ExampleName } from './prepareExample.ts';

const cli = join(distFolder, 'cli.cjs');
/** How a user calls the command in a clone. */
const command = join('dist', 'bin', 'millwright');

const startedAt = Date.now();
const name = nameAsked();
const example = exampleFolder(name);
const vsix = await packageIfChanged();
await placeData(name);
console.log(`\n$ ${command} run --project ${relative(root, example)}`);
const code = await millwright(['run']);
if (code === 0) await printPlaces();
process.exitCode = code;

function nameAsked(): ExampleName {
  try {
    return exampleNamed(process.argv[2]);
  } catch (error) {
    if (!AppError.is(error)) throw error;
    console.error(errorText(error));
    process.exit(exitCodes.usage);
  }
}

/** Runs the command line on the example, its output going where ours goes. @returns the exit code */
async function millwright(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--no-warnings', cli, ...args, '--project', example], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      resolve(exitCode ?? 130);
    });
  });
}

/** The answer of a command as JSON. */
async function ask(args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--no-warnings', cli, ...args, '--json', '--project', example], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function printPlaces(): Promise<void> {
  const runs = (await ask(['runs', '--limit', '1'])) as readonly Run[];
  const models = (await ask(['models'])) as readonly RegisteredModel[];
  const [run] = runs;
  const versions = models.flatMap((model) => model.versions.slice(0, 1));
  const places = [
    ['store', join(relative(root, example), 'mlflow.db')],
    ...(run === undefined ? [] : [['run', `${run.name} (${run.id}), artifacts in ${shown(run.artifactUri)}`]]),
    ...versions.map(({ model, version, source }) => ['model', `${model} version ${version} in ${shown(source)}`]),
    ['VSIX', `${relative(root, vsix)} (${((await stat(vsix)).size / 1e6).toFixed(0)} MB)`],
  ];
  console.log('\nWhere things lie');
  for (const [what = '', where = ''] of places) console.log(`  ${what.padEnd(6)} ${where}`);
  console.log(`\nTry next
  npm run workbench${name === exampleNamed() ? '' : ` ${name}`}
      the example in a real VS Code in the browser, with the extension installed
  ${command} run --project ${relative(root, example)} --set params.learning_rate=0.03 --dry-run
      which stages a change would run again, and why
  npm start ${Object.keys(examples)
    .filter((other) => other !== name)
    .join(', npm start ')}
      the other examples

Everything took ${formatDuration(Date.now() - startedAt)}.`);
}

function shown(path: string): string {
  const plain = path.replace(/^file:\/\//, '');
  return plain.startsWith(root) ? relative(root, plain) : plain;
}
