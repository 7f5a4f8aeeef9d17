/** What the three views share: a tree over the projects' states that says while it loads, and changes only when what it shows does. */
import * as vscode from 'vscode';
import type { ErrorRecord } from '../../base/errors.ts';
import { printable, steadyLines } from '../../base/printable.ts';
import { problemTreeItem } from '../host/problemItem.ts';
import type { ProjectState, ProjectStore } from '../engine/projectStore.ts';

/** Stands in the place of everything else: what is there is not known. */
type Placeholder = { readonly type: 'loading' } | { readonly type: 'failure'; readonly error: ErrorRecord };

export abstract class StoreTree<Item extends { readonly type: string }>
  implements vscode.TreeDataProvider<Item | Placeholder>, vscode.Disposable
{
  readonly #store: ProjectStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #shown = '';
  readonly onDidChangeTreeData = this.#changed.event;

  /** @param partOf what of a state the tree shows */
  constructor(store: ProjectStore, partOf: (state: ProjectState) => unknown) {
    this.#store = store;
    this.#subscription = store.onDidChange(() => {
      const shown = JSON.stringify([store.isLoaded, store.failure, store.current.map(partOf)]);
      if (shown === this.#shown) return;
      this.#shown = shown;
      this.#changed.fire();
    });
  }

  abstract rootsOf(states: readonly ProjectState[]): Item[];

  abstract childrenOf(parent: Item): Item[];

  abstract itemOf(item: Item): vscode.TreeItem;

  /** At once: a promise would show a busy bar at every change. */
  getChildren(parent?: Item | Placeholder): (Item | Placeholder)[] {
    if (parent !== undefined) return isPlaceholder(parent) ? [] : this.childrenOf(parent);
    void this.#store.states(); // the first look begins the search
    const { failure, isLoaded, current } = this.#store;
    if (failure !== undefined) return [{ type: 'failure', error: failure }];
    return isLoaded ? this.rootsOf(current) : [{ type: 'loading' }];
  }

  getTreeItem(item: Item | Placeholder): vscode.TreeItem {
    if (!isPlaceholder(item)) return steady(this.itemOf(item));
    if (item.type === 'failure') return steady(problemTreeItem(item.error));
    const loading = new vscode.TreeItem(vscode.l10n.t('Loading…'));
    loading.iconPath = new vscode.ThemeIcon('loading~spin');
    return loading;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

/** Names come from files and databases of any origin. */
function steady(item: vscode.TreeItem): vscode.TreeItem {
  if (typeof item.label === 'string') item.label = printable(item.label);
  if (typeof item.description === 'string') item.description = printable(item.description);
  if (typeof item.tooltip === 'string') item.tooltip = steadyLines(item.tooltip);
  return item;
}

function isPlaceholder(item: { readonly type: string }): item is Placeholder {
  return item.type === 'loading' || item.type === 'failure';
}
