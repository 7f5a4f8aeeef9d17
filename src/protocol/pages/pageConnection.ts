/** JSON-RPC between a page and its host over `postMessage`: the same on both sides, without a name of the DOM or of VS Code. */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc';

import { packNumbers, unpackNumbers } from './pageNumbers.ts';

/** One end of a pair that passes structured clones: a webview and its page. */
export interface PagePort {
  /** Hands a message to the other end; a promise of it rejects when there is no other end any more. */
  post(message: unknown): unknown;
  /** Calls back for each message from the other end until disposed. */
  onMessage(listener: (message: unknown) => void): Disposable;
  /** Calls back once when the other end is gone. A page outlives nothing and leaves it out. */
  onClose?(listener: () => void): Disposable;
}

class PortReader extends AbstractMessageReader {
  readonly #port: PagePort;
  constructor(port: PagePort) {
    super();
    this.#port = port;
    port.onClose?.(() => {
      this.fireClose();
    });
  }
  override listen(callback: DataCallback): Disposable {
    return this.#port.onMessage((message) => {
      const unpacked = unpackNumbers(message);
      if (isMessage(unpacked)) callback(unpacked);
    });
  }
}

class PortWriter extends AbstractMessageWriter {
  readonly #port: PagePort;
  constructor(port: PagePort) {
    super();
    this.#port = port;
  }
  async write(message: Message): Promise<void> {
    await this.#port.post(packNumbers(message));
  }
  end(): void {
    this.fireClose();
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0';
}

/**
 * A connection over the port; serve contracts on it, then call `listen()`, and dispose it with the page.
 * Import `vscode-jsonrpc/node` or `vscode-jsonrpc/browser` before: they bring the runtime it needs.
 */
export function connectPage(port: PagePort): MessageConnection {
  return createMessageConnection(new PortReader(port), new PortWriter(port));
}
