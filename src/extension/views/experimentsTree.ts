/** The Experiments view: runs, newest first, nested runs below their parent, and the figures of a run below it. */
import * as vscode from 'vscode';
import { escapeMarkdown } from '../../base/markdown.ts';
import { metricTable } from '../../protocol/metricTable.ts';
import type { LoggedModel, RunOverview, RunStatus } from '../../protocol/run.ts';
import { runDurationWords } from '../../protocol/words/runDuration.ts';
import { runStatusWords } from '../../protocol/words/runStatusWords.ts';
import { changeWords } from '../../protocol/words/runTitle.ts';
import { commandOf } from '../host/contributed.ts';
import { problemTreeItem } from '../host/problemItem.ts';
import type { ProjectState, ProjectStore } from '../engine/projectStore.ts';
import { cellWords, runWords } from './runRow.ts';
import { StoreTree } from './storeTree.ts';
import type { RunItem } from '../host/treeItems.ts';
import type { ItemKind } from '../host/conditions.ts';

const runIcons: Readonly<Record<RunStatus, readonly [icon: string, color: string]>> = {
  RUNNING: ['loading~spin', 'progressBar.background'],
  SCHEDULED: ['watch', 'descriptionForeground'],
  FINISHED: ['pass', 'testing.iconPassed'],
  FAILED: ['error', 'testing.iconFailed'],
  KILLED: ['circle-slash', 'descriptionForeground'],
};

/** A tooltip is no page. */
const shownChanges = 12;

export class ExperimentsTree extends StoreTree<RunItem> {
  constructor(store: ProjectStore) {
    super(store, ({ root, runs }) => [root, runs]);
  }

  override rootsOf(states: readonly ProjectState[]): RunItem[] {
    return flatten(states.flatMap(experimentItems));
  }

  override childrenOf(parent: RunItem): RunItem[] {
    switch (parent.type) {
      case 'experiment':
        return parent.runs.map((run) => runItem(parent.root, run, parent.all));
      case 'run':
        return [...parent.children.map((run) => runItem(parent.root, run, parent.all)), ...groupsOf(parent)];
      case 'group':
        return [...parent.figures];
      case 'figure':
      case 'runProblem':
        return [];
    }
  }

  override itemOf(item: RunItem): vscode.TreeItem {
    switch (item.type) {
      case 'experiment':
        return experimentTreeItem(item);
      case 'run':
        return runTreeItem(item);
      case 'group':
        return groupTreeItem(item);
      case 'figure':
        return figureTreeItem(item);
      case 'runProblem':
        return problemTreeItem(item.error);
    }
  }
}

function experimentItems({ root, runs }: ProjectState): RunItem[] {
  if ('error' in runs) return [{ type: 'runProblem', root, error: runs.error }];
  const all = runs.value;
  const ids = new Set(all.map(({ id }) => id));
  const top = all.filter(({ parentId }) => parentId === undefined || !ids.has(parentId));
  const names = [...new Set(top.map(({ experimentName }) => experimentName))];
  return names.map((name) => ({ type: 'experiment', root, name, runs: top.filter(({ experimentName }) => experimentName === name), all }));
}

/** One experiment needs no heading. */
function flatten(items: readonly RunItem[]): RunItem[] {
  const [only] = items;
  if (items.length !== 1 || only?.type !== 'experiment') return [...items];
  return only.runs.map((run) => runItem(only.root, run, only.all));
}

function runItem(root: string, run: RunOverview, all: readonly RunOverview[]): RunItem {
  const children = all.filter(({ parentId }) => parentId === run.id).sort((a, b) => a.startedAt - b.startedAt);
  return { type: 'run', root, run, children, all };
}

/** Figures by the data they were measured on, the evaluation's first, then parameters. */
function groupsOf({ root, run }: Extract<RunItem, { type: 'run' }>): RunItem[] {
  const { columns, rows } = metricTable(run.metrics, []);
  const measured = columns.map((column, index) => {
    const cells = rows.flatMap(({ quantity, cells: all }) => {
      const cell = all[index];
      return cell === undefined ? [] : [[quantity, cellWords(cell)] as const];
    });
    return groupItem(root, { run, title: columnTitle(column), icon: 'graph-line' }, cells);
  });
  const params = Object.entries(run.params).sort(([a], [b]) => a.localeCompare(b));
  const parameters = groupItem(root, { run, title: vscode.l10n.t('Parameters'), icon: 'symbol-parameter' }, params);
  const logged = run.models.map(({ name, role, status, id }) => [name, modelWords(role, status, id)] as const);
  const models = groupItem(root, { run, title: vscode.l10n.t('Logged Models'), icon: 'package' }, logged);
  return [...measured.reverse(), ...(logged.length === 0 ? [] : [models]), ...(params.length === 0 ? [] : [parameters])];
}

function groupItem(
  root: string,
  { run, title, icon }: { readonly run: RunOverview; readonly title: string; readonly icon: string },
  cells: readonly (readonly [name: string, value: string])[],
): RunItem {
  const id = `group:${root}:${run.id}:${title}`;
  return { type: 'group', id, root, title, icon, figures: cells.map(([name, value]) => ({ type: 'figure', root, name, value })) };
}

function columnTitle(column: string): string {
  switch (column) {
    case 'training':
      return vscode.l10n.t('Training');
    case 'validation':
      return vscode.l10n.t('Validation');
    default:
      return vscode.l10n.t('Evaluation');
  }
}

function experimentTreeItem({ root, name, runs }: Extract<RunItem, { type: 'experiment' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `experiment:${root}:${name}`;
  item.description = runs.length === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs.length);
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.contextValue = 'experiment' satisfies ItemKind;
  return item;
}

function runTreeItem(node: Extract<RunItem, { type: 'run' }>): vscode.TreeItem {
  const { root, run, children } = node;
  const item = new vscode.TreeItem(run.name, vscode.TreeItemCollapsibleState.Collapsed);
  const [icon, color] = runIcons[run.status];
  item.id = `run:${root}:${run.id}`;
  item.description = runWords(run, nestedRuns(children));
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.contextValue = (run.parentId !== undefined ? 'run.nested' : run.evaluated ? 'run.evaluated' : 'run') satisfies ItemKind;
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: `${run.name}, ${runStatusWords(run.status)}, ${item.description}` };
  item.command = commandOf('millwright.run.open', vscode.l10n.t('Open Run'), node);
  return item;
}

function nestedRuns(children: readonly RunOverview[]): string | undefined {
  if (children.length === 0) return undefined;
  return children.length === 1 ? vscode.l10n.t('1 nested run') : vscode.l10n.t('{0} nested runs', children.length);
}

function runTooltip(run: RunOverview): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown(`**${escapeMarkdown(run.name)}** · ${escapeMarkdown(runStatusWords(run.status))}\n\n`);
  if (run.note !== undefined) tooltip.appendMarkdown(`${escapeMarkdown(run.note)}\n\n`);
  if (run.failure !== undefined) tooltip.appendMarkdown(`${escapeMarkdown(run.failure.message)}\n\n`);
  if (run.changes !== undefined && run.changes.length > 0) {
    tooltip.appendMarkdown(`${escapeMarkdown(vscode.l10n.t('Changed since the run before:'))}\n\n`);
    for (const change of run.changes.slice(0, shownChanges)) tooltip.appendMarkdown(`- ${escapeMarkdown(changeWords(change))}\n`);
    tooltip.appendMarkdown('\n');
  }
  tooltip.appendMarkdown(`${escapeMarkdown(vscode.l10n.t('Run {0}', run.id))}\n\n`);
  const took = runDurationWords(run);
  if (took !== undefined) tooltip.appendMarkdown(`${escapeMarkdown(vscode.l10n.t('Took {0}', took))}\n\n`);
  for (const { name, context } of run.inputs) {
    tooltip.appendMarkdown(`- ${escapeMarkdown(context === undefined ? name : `${context}: ${name}`)}\n`);
  }
  return tooltip;
}

function modelWords(role: LoggedModel['role'], status: LoggedModel['status'], id: string): string {
  const made = role === 'input' ? vscode.l10n.t('read') : vscode.l10n.t('model');
  return [made, status === 'READY' ? undefined : status?.toLowerCase(), id].filter(Boolean).join(' · ');
}

function groupTreeItem({ id, title, icon, figures }: Extract<RunItem, { type: 'group' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.description = String(figures.length);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor('descriptionForeground'));
  item.contextValue = 'figures' satisfies ItemKind;
  return item;
}

function figureTreeItem({ name, value }: Extract<RunItem, { type: 'figure' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.description = value;
  item.contextValue = 'figure' satisfies ItemKind;
  return item;
}
