/** The Models view: registered models, their versions, and the aliases of a version. */
import * as vscode from 'vscode';
import { escapeMarkdown } from '../../base/markdown.ts';
import type { ModelVersion, RegisteredModel } from '../../protocol/model.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { runTitle } from '../../protocol/words/runTitle.ts';
import { unverifiedWords } from '../../protocol/words/versionWords.ts';
import { problemTreeItem } from '../host/problemItem.ts';
import type { ProjectState, ProjectStore } from '../engine/projectStore.ts';
import { StoreTree } from './storeTree.ts';
import type { ModelVersionItem } from '../host/treeItems.ts';
import { aliasRow, loadingLines, versionRow } from './versionRow.ts';
import type { ItemKind } from '../host/conditions.ts';
import { userTag } from '../../protocol/tables/storedNames.ts';

export class ModelsTree extends StoreTree<ModelVersionItem> {
  readonly #store: ProjectStore;

  constructor(store: ProjectStore) {
    super(store, ({ root, models, runs }) => [
      root,
      models,
      'value' in models && 'value' in runs ? ownRuns(models.value.models, runs.value) : [],
    ]);
    this.#store = store;
  }

  override rootsOf(states: readonly ProjectState[]): ModelVersionItem[] {
    return states.flatMap(modelItems);
  }

  override childrenOf(parent: ModelVersionItem): ModelVersionItem[] {
    const { root } = parent;
    switch (parent.type) {
      case 'model':
        return parent.model.versions.map((version) => ({ type: 'version', root, version, run: this.#store.runOf(root, version) }));
      case 'version':
        return parent.version.aliases.map((alias) => ({ type: 'alias', root, version: parent.version, alias }));
      case 'alias':
      case 'modelProblem':
        return [];
    }
  }

  override itemOf(item: ModelVersionItem): vscode.TreeItem {
    switch (item.type) {
      case 'model':
        return modelTreeItem(item.root, item.model);
      case 'version':
        return versionTreeItem(item);
      case 'alias':
        return aliasTreeItem(item);
      case 'modelProblem':
        return problemTreeItem(item.error);
    }
  }
}

/** The runs whose figures the versions show. */
function ownRuns(models: readonly RegisteredModel[], runs: readonly RunOverview[]): RunOverview[] {
  const ids = new Set(models.flatMap(({ versions }) => versions.map(({ runId }) => runId)));
  return runs.filter(({ id }) => ids.has(id));
}

function modelItems({ root, models }: ProjectState): ModelVersionItem[] {
  if ('error' in models) return [{ type: 'modelProblem', root, error: models.error }];
  return models.value.models.map((model) => ({ type: 'model', root, model }));
}

function modelTreeItem(root: string, model: RegisteredModel): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `model:${root}:${model.name}`;
  item.description = model.versions.length === 1 ? vscode.l10n.t('1 version') : vscode.l10n.t('{0} versions', model.versions.length);
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = 'model' satisfies ItemKind;
  if (model.description !== undefined) item.tooltip = model.description;
  return item;
}

function versionTreeItem({ root, version, run }: Extract<ModelVersionItem, { type: 'version' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Version {0}', version.version),
    version.aliases.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `version:${root}:${version.model}:${String(version.version)}`;
  item.description = versionRow(version, run);
  item.iconPath = versionIcon(version);
  item.contextValue = (version.runId === undefined ? 'version' : 'version.evaluated') satisfies ItemKind;
  item.tooltip = versionTooltip(version, run);
  return item;
}

/** What it is worth, what it learned from, whose it is, and how to load it. */
function versionTooltip(version: ModelVersion, run: RunOverview | undefined): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (text: string): void => void tooltip.appendMarkdown(`${escapeMarkdown(text)}\n\n`);
  tooltip.appendMarkdown(
    `**${escapeMarkdown(version.model)} ${String(version.version)}** · ${escapeMarkdown(versionRow(version, run))}\n\n`,
  );
  if (version.statusMessage !== undefined) line(version.statusMessage);
  if (version.description !== undefined && version.description !== '') line(version.description);
  const unchecked = unverifiedWords(version);
  if (unchecked !== undefined) line(unchecked);
  if (run !== undefined) {
    const data = run.inputs.filter(({ context }) => context === 'training').map(({ name }) => name);
    if (data.length > 0) line(vscode.l10n.t('Learned from {0}', data.join(', ')));
    const user = run.tags[userTag];
    if (user !== undefined) line(vscode.l10n.t('Trained by {0}: {1}', user, runTitle(run)));
  }
  const { python, terminal } = loadingLines(version);
  tooltip.appendCodeblock(python, 'python');
  tooltip.appendCodeblock(terminal, 'shell');
  return tooltip;
}

function versionIcon({ status }: ModelVersion): vscode.ThemeIcon {
  switch (status) {
    case 'READY':
      return new vscode.ThemeIcon('versions');
    case 'PENDING_REGISTRATION':
      return new vscode.ThemeIcon('watch', new vscode.ThemeColor('list.warningForeground'));
    case 'FAILED_REGISTRATION':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
  }
}

function aliasTreeItem({ root, version, alias }: Extract<ModelVersionItem, { type: 'alias' }>): vscode.TreeItem {
  const { label, tooltip } = aliasRow(version, alias);
  const item = new vscode.TreeItem(label);
  item.id = `alias:${root}:${version.model}:${alias}`;
  item.tooltip = tooltip;
  item.iconPath = new vscode.ThemeIcon('tag', new vscode.ThemeColor('charts.blue'));
  item.contextValue = 'alias' satisfies ItemKind;
  return item;
}
