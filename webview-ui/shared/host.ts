/** The page's side of the connection to its host. */
import 'vscode-jsonrpc/browser';
import { remote, serve } from '../../src/protocol/contracts/connection.ts';
import type { Contract, EventToken, Handlers, Remote } from '../../src/protocol/contracts/contract.ts';
import { connectPage } from '../../src/protocol/pages/pageConnection.ts';
import type { Snapshot } from '../../src/protocol/pages/pageContract.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; setState(state: unknown): void };

/** Events of every page: the snapshot. */
type PageEvents<View> = { readonly snapshot: EventToken<Snapshot<View>> } & Contract;

/**
 * Connects to the editor.
 * @param onSnapshot called for each state newer than the one before, the first included
 */
export function connectHost<View, Requests extends Contract>(
  requests: Requests,
  events: PageEvents<View>,
  onSnapshot: (view: View) => void,
): Remote<Requests> {
  const api = acquireVsCodeApi();
  const connection = connectPage({
    post: (message) => {
      api.postMessage(message);
    },
    onMessage: (listener) => {
      const onMessage = (event: MessageEvent<unknown>): void => {
        listener(event.data);
      };
      window.addEventListener('message', onMessage);
      return {
        dispose: () => {
          window.removeEventListener('message', onMessage);
        },
      };
    },
  });
  let revision = 0;
  const accept = (snapshot: Snapshot<View>): void => {
    if (snapshot.revision <= revision) return;
    ({ revision } = snapshot);
    if (snapshot.keep !== undefined) api.setState(snapshot.keep);
    onSnapshot(snapshot.view);
  };
  serve(connection, events, { snapshot: accept } as Handlers<PageEvents<View>>);
  const host = remote(connection, requests);
  connection.listen();
  const { ready } = host as unknown as { readonly ready: (params: null) => Promise<Snapshot<View>> };
  void ready(null).then(accept, () => undefined); // without a first snapshot the page keeps saying that it loads
  return host;
}
