/** What the three views share: a tree over the projects' states that is read again whenever they change. */
import * as vscode from 'vscode';
import type { ProjectStore } from './projectStore.ts';

export abstract class StoreTree<Item> implements vscode.TreeDataProvider<Item>, vscode.Disposable {
  protected readonly store: ProjectStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(store: ProjectStore) {
    this.store = store;
    this.#subscription = store.onDidChange(() => {
      this.#changed.fire();
    });
  }

  abstract getChildren(parent?: Item): Promise<Item[]>;

  abstract getTreeItem(item: Item): vscode.TreeItem;

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
