/** The client of the language server: a bundle of its own, loaded when the first project file is open. */
import type * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { Runtime } from './runtime.ts';

export interface LanguageClientOptions {
  readonly runtime: Runtime;
  readonly log: vscode.LogOutputChannel;
}

export interface RunningLanguageClient {
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the language server on the pinned Node. */
export async function startLanguageClient({ runtime, log }: LanguageClientOptions): Promise<RunningLanguageClient> {
  const module = runtime.entry('language');
  const client = new LanguageClient(
    'millwright',
    'Millwright',
    { module, runtime: runtime.node, transport: TransportKind.ipc, options: { execArgv: ['--no-warnings'] } },
    {
      documentSelector: [{ scheme: 'file', language: 'yaml', pattern: '**/millwright.yaml' }],
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
  await client.start();
  return {
    restart: async () => {
      await client.restart();
    },
    stop: async () => {
      await client.dispose();
    },
  };
}
