/** A real VS Code for tests and demonstrations: installs `code-server` once into the cache folder, and starts it on a workspace. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { delay } from '../src/base/abort.ts';
import { AppError } from '../src/base/errors.ts';
import { runCommand, startCommand, type RunningProcess } from '../src/base/process.ts';
import { cacheFolder } from './cacheFolder.ts';
import { root } from './paths.ts';
import { stillWorking } from './stillWorking.ts';

const version = '4.139.1';

/** Where Debian's Chromium lies; other systems name theirs in MILLWRIGHT_CHROMIUM. */
export function chromiumPath(): string {
  return process.env.MILLWRIGHT_CHROMIUM ?? '/usr/bin/chromium';
}

/**
 * The Chromium that the tests drive. Installs Debian's package where that is possible.
 * @throws AppError `setup.missing` saying what to install
 */
export async function ensureChromium(): Promise<string> {
  if (!existsSync(chromiumPath())) await installPackages(['chromium']);
  return chromiumPath();
}

/**
 * Installs code-server where it is missing: 2 to 6 minutes once, since its post-install script compiles native parts.
 * @returns its entry file, which Node 24 runs
 * @throws AppError `setup.missing` saying what to install; `setup.failed` with the end of npm's output
 */
export async function ensureCodeServer(): Promise<string> {
  const folder = join(cacheFolder(), `code-server-${version}`);
  const entry = join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  if (existsSync(join(folder, '.complete'))) return entry;
  await requireBuildTools();
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), `.code-server-${version}-`));
  try {
    console.log(`Installing code-server ${version} into ${folder} (2 to 6 minutes, once) …`);
    await stillWorking('Installing code-server', async () => installInto(work));
    await writeFile(join(work, '.complete'), '');
    if (!existsSync(join(folder, '.complete'))) {
      await rm(folder, { recursive: true, force: true }); // left by an installation of before there were marks
      await rename(work, folder);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return entry;
}

async function installInto(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ private: true, dependencies: { 'code-server': version } })}\n`);
  const node = pinnedNodeFolder();
  const npm = startCommand(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts=false', '--loglevel=error', '--engine-strict=false'],
    {
      cwd: folder,
      // The headers of the pinned Node stand in for a download; its `node` must come first, since code-server insists on 24.
      // It reads the version from npm's user agent, which an outer `npm test` on another Node would hand down.
      env: {
        PATH: `${join(node, 'bin')}:${process.env.PATH ?? ''}`,
        npm_config_nodedir: node,
        npm_config_ignore_scripts: 'false',
        npm_config_user_agent: undefined,
        npm_node_execpath: undefined,
        NODE: undefined,
      },
      onStdout: () => undefined,
      onStderr: (chunk) => {
        output.push(chunk.toString('utf8'));
      },
    },
  );
  const output: string[] = [];
  const { code } = await (await npm).exited;
  if (code !== 0) {
    throw new AppError(
      'setup.failed',
      `code-server could not be installed: npm ended with ${String(code)}.\n${output.join('').slice(-4000)}`,
      {
        kind: 'environment',
      },
    );
  }
}

function pinnedNodeFolder(): string {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`);
  if (existsSync(join(folder, 'include', 'node'))) return folder;
  throw new AppError('setup.missing', 'There is no Node package with C++ headers for this system, which code-server needs to be built.', {
    kind: 'environment',
    remedy: 'Run the workbench tests on Linux (x64 or arm64).',
  });
}

async function requireBuildTools(): Promise<void> {
  const missing: string[] = [];
  for (const [command, name] of [
    ['make', 'make'],
    ['g++', 'g++'],
    ['python3', 'python3'],
  ] as const) {
    if (!(await found(command))) missing.push(name);
  }
  if (!existsSync('/usr/include/gssapi/gssapi.h')) missing.push('libkrb5-dev');
  if (missing.length > 0) await installPackages(missing);
}

async function found(command: string): Promise<boolean> {
  return runCommand(command, ['--version']).then(
    () => true,
    (error: unknown) => !AppError.is(error, 'process.notFound'),
  );
}

/** As root on Debian: apt-get. Elsewhere: says what to install. */
async function installPackages(packages: readonly string[]): Promise<void> {
  const mayInstall = process.getuid?.() === 0 && (await found('apt-get'));
  if (!mayInstall) {
    throw new AppError('setup.missing', `The workbench tests need ${packages.join(', ')}.`, {
      kind: 'environment',
      remedy: `Install them, on Debian or Ubuntu with: sudo apt-get install ${packages.join(' ')}`,
    });
  }
  console.log(`Installing ${packages.join(', ')} with apt-get …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update', '-qq'], { env });
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

export interface CodeServerOptions {
  /** The folder to open. */
  readonly workspace: string;
  /** The packaged extension to install first; left out, the folders of an earlier start are used as they are. */
  readonly vsix?: string;
  /** Left out or true: Workspace Trust is switched off. False: folders start in Restricted Mode. */
  readonly trust?: boolean;
  /** User settings, over the quiet ones that keep chat and welcome pages off the screen. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly port?: number;
  /** Where user data and extensions lie; a new folder under the system's temporary one where it is left out, removed at the end. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CodeServer {
  /** Opens the workspace. */
  readonly url: string;
  readonly origin: string;
  readonly home: string;
  readonly urlOf: (folder: string) => string;
  /** What the server has printed so far, for the report of a failure. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.banner': 'never',
  'window.commandCenter': false,
} as const;

/**
 * Starts a VS Code in which the extension is installed and waits until it answers.
 * @throws AppError `setup.failed` when it does not answer within a minute
 */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const entry = await ensureCodeServer();
  const ownHome = options.home === undefined;
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'millwright-workbench-')));
  const folders = [
    '--user-data-dir',
    join(home, 'data'),
    '--extensions-dir',
    join(home, 'extensions'),
    '--config',
    join(home, 'config.yaml'),
  ];
  await mkdir(join(home, 'data', 'User'), { recursive: true });
  await writeFile(join(home, 'config.yaml'), 'auth: none\n');
  await writeFile(join(home, 'data', 'User', 'settings.json'), JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
  const env = { ...options.env, VSCODE_IPC_HOOK_CLI: undefined, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` };
  if (options.vsix !== undefined) {
    await runCommand(process.execPath, [entry, ...folders, '--install-extension', options.vsix, '--force'], { timeoutMs: 240_000 });
  }
  const port = options.port ?? (await freePort());
  const log: string[] = [];
  const server = await startCommand(
    process.execPath,
    [
      entry,
      ...folders,
      '--auth',
      'none',
      '--bind-addr',
      `127.0.0.1:${String(port)}`,
      '--disable-telemetry',
      '--disable-update-check',
      ...trustFlags(options),
      options.workspace,
    ],
    { cwd: home, env, onStdout: (chunk) => log.push(chunk.toString('utf8')), onStderr: (chunk) => log.push(chunk.toString('utf8')) },
  );
  const origin = `http://127.0.0.1:${String(port)}`;
  const stop = async (): Promise<void> => {
    await server.stop();
    if (ownHome) await rm(home, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(origin, server);
  } catch (error) {
    await stop();
    throw new AppError('setup.failed', `code-server did not answer within a minute.\n${log.join('').slice(-4000)}`, {
      kind: 'environment',
      cause: error,
    });
  }
  const urlOf = (folder: string): string => `${origin}/?folder=${encodeURI(folder)}`;
  return { url: urlOf(options.workspace), origin, home, urlOf, output: () => log.join(''), stop };
}

function trustFlags(options: CodeServerOptions): string[] {
  return options.trust === false ? [] : ['--disable-workspace-trust'];
}

async function untilItAnswers(origin: string, server: RunningProcess): Promise<void> {
  const gone = new AbortController();
  void server.exited.then(() => {
    gone.abort();
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined); // not listening yet
    if (answer?.ok === true) return;
    if (gone.signal.aborted || Date.now() > deadline) throw new Error('no answer');
    await delay(200);
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
