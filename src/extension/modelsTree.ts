/** The Models view: registered models, their versions, and the aliases of a version. */
import * as vscode from 'vscode';
import { formatAge } from '../base/clock.ts';
import type { ModelVersion, RegisteredModel } from '../protocol/model.ts';
import { statusWords } from '../protocol/versionWords.ts';
import { problemTreeItem } from './pipelinesTree.ts';
import type { ProjectState } from './projectStore.ts';
import { StoreTree } from './storeTree.ts';
import type { ModelVersionItem } from './treeItems.ts';

export class ModelsTree extends StoreTree<ModelVersionItem> {
  override async getChildren(parent?: ModelVersionItem): Promise<ModelVersionItem[]> {
    if (parent === undefined) return (await this.store.states()).flatMap(modelItems);
    if (parent.type === 'model') return parent.model.versions.map((version) => ({ type: 'version', root: parent.root, version }));
    if (parent.type === 'version') {
      return parent.version.aliases.map((alias) => ({ type: 'alias', root: parent.root, version: parent.version, alias }));
    }
    return [];
  }

  override getTreeItem(item: ModelVersionItem): vscode.TreeItem {
    switch (item.type) {
      case 'model':
        return modelTreeItem(item.root, item.model);
      case 'version':
        return versionTreeItem(item, item.version);
      case 'alias':
        return aliasTreeItem(item);
      case 'modelProblem':
        return problemTreeItem(item.error);
    }
  }
}

function modelItems({ root, models }: ProjectState): ModelVersionItem[] {
  if ('error' in models) return [{ type: 'modelProblem', root, error: models.error }];
  return models.value.map((model) => ({ type: 'model', root, model }));
}

function modelTreeItem(root: string, model: RegisteredModel): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `model:${root}:${model.name}`;
  item.description = model.versions.length === 1 ? vscode.l10n.t('1 version') : vscode.l10n.t('{0} versions', model.versions.length);
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = 'model';
  if (model.description !== undefined) item.tooltip = model.description;
  return item;
}

function versionTreeItem(node: Extract<ModelVersionItem, { type: 'version' }>, version: ModelVersion): vscode.TreeItem {
  const hasAliases = version.aliases.length > 0;
  const item = new vscode.TreeItem(
    vscode.l10n.t('Version {0}', version.version),
    hasAliases ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `version:${node.root}:${version.model}:${String(version.version)}`;
  const status = statusWords(version.status);
  item.description = [status, version.stage, formatAge(version.createdAt)].filter((part) => part !== undefined).join(' · ');
  item.iconPath = versionIcon(version);
  item.contextValue = version.runId === undefined ? 'version' : 'version.evaluated';
  item.tooltip = [status, version.statusMessage, version.description, version.source].filter((line) => line !== undefined).join('\n');
  return item;
}

function versionIcon({ status }: ModelVersion): vscode.ThemeIcon {
  switch (status) {
    case 'READY':
      return new vscode.ThemeIcon('versions');
    case 'PENDING_REGISTRATION':
      return new vscode.ThemeIcon('clock', new vscode.ThemeColor('list.warningForeground'));
    case 'FAILED_REGISTRATION':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
  }
}

function aliasTreeItem({ root, version, alias }: Extract<ModelVersionItem, { type: 'alias' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(alias);
  item.id = `alias:${root}:${version.model}:${alias}`;
  item.tooltip = `models:/${version.model}@${alias}`;
  item.iconPath = new vscode.ThemeIcon('tag', new vscode.ThemeColor('charts.blue'));
  item.contextValue = 'alias';
  return item;
}
