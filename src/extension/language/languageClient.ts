/** The client of the language server: a bundle of its own, loaded when the first document that the server reads is open. */
import type * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import { smallHeap } from '../../base/process.ts';
import {
  columnsChanged,
  columnsRequest,
  type ColumnsChangedParams,
  type ColumnsParams,
  type ColumnsResult,
} from '../../protocol/contracts/languageContract.ts';
import { documentFilters, documentFormats } from '../../protocol/tables/documentFormats.ts';
import type { Runtime } from '../host/runtime.ts';

export interface LanguageClientOptions {
  readonly runtime: Runtime;
  readonly log: vscode.LogOutputChannel;
  /** Answers the server's question for a data set's columns. */
  readonly columns: (params: ColumnsParams) => Promise<ColumnsResult>;
}

export interface RunningLanguageClient {
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Tells the server that what it knows of the data may be old. */
  readonly columnsChanged: (params: ColumnsChangedParams) => void;
}

/** Starts the language server on the pinned Node. */
export async function startLanguageClient({ runtime, log, columns }: LanguageClientOptions): Promise<RunningLanguageClient> {
  const module = runtime.entry('language');
  const client = new LanguageClient(
    'millwright',
    'Millwright',
    {
      module,
      runtime: runtime.node,
      transport: TransportKind.ipc,
      options: { execArgv: ['--no-warnings', ...smallHeap], env: runtime.env },
    },
    {
      documentSelector: documentFilters(Object.values(documentFormats)),
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
  client.onRequest(columnsRequest, columns);
  await client.start();
  return {
    restart: () => client.restart(),
    stop: () => client.dispose(),
    columnsChanged: (params) => {
      void client.sendNotification(columnsChanged, params).catch(() => undefined); // it is stopping; a fresh one knows nothing old
    },
  };
}
