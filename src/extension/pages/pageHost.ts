/** A page in a webview: its document under a strict policy, and a connection on which the host serves the page's requests. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { remote, serve } from '../../protocol/contracts/connection.ts';
import type { Contract, Handlers, Remote } from '../../protocol/contracts/contract.ts';
import { connectPage } from '../../protocol/pages/pageConnection.ts';
import type { PageName, Snapshot } from '../../protocol/pages/pageContract.ts';
import { webviewDocument } from '../../protocol/pages/pageDocument.ts';

export interface PageHostOptions<Requests extends Contract, Events extends Contract> {
  readonly page: PageName;
  readonly extensionUri: vscode.Uri;
  readonly requests: Requests;
  readonly handlers: Handlers<Requests>;
  readonly events: Events;
  readonly onFault: (error: unknown) => void;
}

/** Where the bundles of the pages lie: all that a page may load. */
export function pagesFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'pages');
}

/** The mark on a page's tab. */
export function pageIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', name);
  return { light: icon('millwright-light.svg'), dark: icon('millwright.svg') };
}

export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, enableForms: false, localResourceRoots: [pagesFolder(extensionUri)] };
}

/** Fills the panel with a page. The connection ends with the panel. */
export function hostPage<Requests extends Contract, Events extends Contract>(
  panel: vscode.WebviewPanel,
  options: PageHostOptions<Requests, Events>,
): Remote<Events> {
  const { webview } = panel;
  const { page, extensionUri } = options;
  const connection = connectPage({
    post: (message) => webview.postMessage(message),
    onMessage: (listener) => webview.onDidReceiveMessage(listener),
    onClose: (listener) => panel.onDidDispose(listener),
  });
  serve(connection, options.requests, options.handlers, { isTrusted: () => vscode.workspace.isTrusted, onFault: options.onFault });
  connection.listen();
  panel.onDidDispose(() => {
    connection.dispose();
  });
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extensionUri), name)).toString();
  webview.options = pageOptions(extensionUri);
  webview.html = webviewDocument({
    title: panel.title,
    language: vscode.env.language,
    nonce: randomBytes(18).toString('base64url'),
    cspSource: webview.cspSource,
    scriptUri: asset(`${page}.js`),
    styleUri: asset(`${page}.css`),
    ...(vscode.l10n.bundle === undefined ? {} : { texts: vscode.l10n.bundle }),
  });
  return remote(connection, options.events);
}

/** A page's state as it is sent: each one replaces the one before. */
export class PageState<View> {
  #revision = 1;
  #view: View;
  readonly #keep: unknown;
  readonly #onChange: (snapshot: Snapshot<View>) => void;

  /** @param keep what the page is made of again after the window was reloaded; undefined: it does not come back */
  constructor(view: View, keep: unknown, onChange: (snapshot: Snapshot<View>) => void) {
    this.#view = view;
    this.#keep = keep;
    this.#onChange = onChange;
  }

  get view(): View {
    return this.#view;
  }

  get snapshot(): Snapshot<View> {
    return { revision: this.#revision, view: this.#view, ...(this.#keep === undefined ? {} : { keep: this.#keep }) };
  }

  replace(view: View): void {
    this.#view = view;
    this.#revision++;
    this.#onChange(this.snapshot);
  }
}
