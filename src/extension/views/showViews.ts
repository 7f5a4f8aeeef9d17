/** Each view with the tree that fills it. */
import * as vscode from 'vscode';
import type { ProjectStore } from '../engine/projectStore.ts';
import type { ViewName } from '../host/conditions.ts';
import { ExperimentsTree } from './experimentsTree.ts';
import { ModelsTree } from './modelsTree.ts';
import { PipelinesTree } from './pipelinesTree.ts';

export function showViews(store: ProjectStore): vscode.Disposable {
  const trees: Readonly<Record<ViewName, vscode.TreeDataProvider<unknown> & { readonly dispose: () => void }>> = {
    pipelines: new PipelinesTree(store),
    experiments: new ExperimentsTree(store),
    models: new ModelsTree(store),
  };
  const shown = Object.entries(trees).map(([view, treeDataProvider]) =>
    vscode.window.createTreeView(`millwright.${view}`, { treeDataProvider, showCollapseAll: true }),
  );
  return vscode.Disposable.from(...shown, ...Object.values(trees));
}
