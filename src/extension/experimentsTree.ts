/** The Experiments view: runs, newest first, nested runs below their parent, and the figures of a run below it. */
import * as vscode from 'vscode';
import { escapeMarkdown } from '../base/markdown.ts';
import { formatAge, formatDuration } from '../base/clock.ts';
import { formatFigure } from '../base/format.ts';
import type { LoggedModel, RunOverview, RunStatus } from '../protocol/run.ts';
import { runStatusWords } from '../protocol/runStatusWords.ts';
import { changeWords, runTitle } from '../protocol/runTitle.ts';
import { commandOf } from './contributions.ts';
import { problemTreeItem } from './pipelinesTree.ts';
import type { ProjectState } from './projectStore.ts';
import { headlineWords } from './runLine.ts';
import { StoreTree } from './storeTree.ts';
import type { RunItem } from './treeItems.ts';

const runIcons: Readonly<Record<RunStatus, readonly [icon: string, color: string]>> = {
  RUNNING: ['loading~spin', 'progressBar.background'],
  SCHEDULED: ['clock', 'descriptionForeground'],
  FINISHED: ['pass-filled', 'testing.iconPassed'],
  FAILED: ['error', 'testing.iconFailed'],
  KILLED: ['circle-slash', 'descriptionForeground'],
};

/** A tooltip is no page. */
const shownChanges = 12;

export class ExperimentsTree extends StoreTree<RunItem> {
  override async getChildren(parent?: RunItem): Promise<RunItem[]> {
    if (parent === undefined) return flatten((await this.store.states()).flatMap(experimentItems));
    if (parent.type === 'experiment') return parent.runs.map((run) => runItem(parent.root, run, parent.all));
    if (parent.type === 'run') return [...parent.children.map((run) => runItem(parent.root, run, parent.all)), ...figures(parent)];
    return [];
  }

  override getTreeItem(item: RunItem): vscode.TreeItem {
    switch (item.type) {
      case 'experiment':
        return experimentTreeItem(item);
      case 'run':
        return runTreeItem(item);
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

function figures({ root, run }: Extract<RunItem, { type: 'run' }>): RunItem[] {
  const metrics = Object.entries(run.metrics).sort(([a], [b]) => a.localeCompare(b));
  const params = Object.entries(run.params).sort(([a], [b]) => a.localeCompare(b));
  const models = run.models.map(({ name, role, status, id }) => ({ name, value: modelWords(role, status, id) }));
  return [
    ...models.map(({ name, value }): RunItem => ({ type: 'figure', root, name, value, of: 'model' })),
    ...metrics.map(([name, value]): RunItem => ({ type: 'figure', root, name, value: formatFigure(value), of: 'metric' })),
    ...params.map(([name, value]): RunItem => ({ type: 'figure', root, name, value, of: 'param' })),
  ];
}

function experimentTreeItem({ root, name, runs }: Extract<RunItem, { type: 'experiment' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `experiment:${root}:${name}`;
  item.description = runs.length === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs.length);
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.contextValue = 'experiment';
  return item;
}

function runTreeItem(node: Extract<RunItem, { type: 'run' }>): vscode.TreeItem {
  const { root, run, children } = node;
  const item = new vscode.TreeItem(runTitle(run), vscode.TreeItemCollapsibleState.Collapsed);
  const [icon, color] = runIcons[run.status];
  item.id = `run:${root}:${run.id}`;
  item.description = [headlineWords(run), nestedRuns(children), formatAge(run.startedAt)].filter((part) => part !== undefined).join(' · ');
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.contextValue = run.parentId !== undefined ? 'run.nested' : run.evaluated ? 'run.evaluated' : 'run';
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: `${runTitle(run)}, ${runStatusWords(run.status)}, ${item.description}` };
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
  if (run.endedAt !== undefined)
    tooltip.appendMarkdown(`${escapeMarkdown(vscode.l10n.t('Took {0}', formatDuration(run.endedAt - run.startedAt)))}\n\n`);
  for (const { name, context } of run.inputs) {
    tooltip.appendMarkdown(`- ${escapeMarkdown(context === undefined ? name : `${context}: ${name}`)}\n`);
  }
  return tooltip;
}

function modelWords(role: LoggedModel['role'], status: LoggedModel['status'], id: string): string {
  const made = role === 'input' ? vscode.l10n.t('read') : vscode.l10n.t('model');
  return [made, status === 'READY' ? undefined : status?.toLowerCase(), id].filter(Boolean).join(' · ');
}

const figureIcons = { metric: 'graph-line', param: 'symbol-parameter', model: 'package' } as const;

function figureTreeItem({ name, value, of }: Extract<RunItem, { type: 'figure' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.description = value;
  item.iconPath = new vscode.ThemeIcon(figureIcons[of]);
  item.contextValue = 'figure';
  return item;
}
