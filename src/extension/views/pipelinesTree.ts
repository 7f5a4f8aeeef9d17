/** The Pipelines view: projects, their running jobs and their stages. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { codeBlock, escapeMarkdown } from '../../base/markdown.ts';
import { formatAge, formatDuration } from '../../base/clock.ts';
import type { Pipeline, StageSummary } from '../../protocol/pipeline.ts';
import { stateWords } from '../../protocol/words/stageWords.ts';
import { commandOf } from '../host/contributed.ts';
import type { ProjectState, ProjectStore } from '../engine/projectStore.ts';
import { problemTreeItem } from '../host/problemItem.ts';
import { stageLook, stageWords } from './stageRow.ts';
import { StoreTree } from './storeTree.ts';
import type { PipelineItem } from '../host/treeItems.ts';
import { reportOf } from '../../protocol/tables/stageKinds.ts';
import type { ItemKind } from '../host/conditions.ts';

export class PipelinesTree extends StoreTree<PipelineItem> {
  constructor(store: ProjectStore) {
    super(store, ({ root, pipeline }) => [root, pipeline]);
  }

  override childrenOf(parent: PipelineItem): PipelineItem[] {
    return parent.type === 'project' ? projectChildren(parent.root, parent.pipeline) : [];
  }

  override rootsOf(states: readonly ProjectState[]): PipelineItem[] {
    return states.map(projectItem);
  }

  override itemOf(item: PipelineItem): vscode.TreeItem {
    switch (item.type) {
      case 'project':
        return projectTreeItem(item.root, item.pipeline);
      case 'job':
        return jobTreeItem(item);
      case 'stage':
        return stageTreeItem(item, item.stage);
      case 'problem':
        return problemTreeItem(item.error);
    }
  }
}

function projectItem({ root, pipeline }: ProjectState): PipelineItem {
  if ('value' in pipeline) return { type: 'project', root, pipeline: pipeline.value };
  return { type: 'project', root, pipeline: { root, name: basename(root), stages: [], jobs: [], errors: [pipeline.error] } };
}

function projectChildren(root: string, pipeline: Pipeline): PipelineItem[] {
  return [
    ...pipeline.errors.map((error): PipelineItem => ({ type: 'problem', root, error })),
    ...pipeline.jobs.filter(({ state }) => state === 'running').map((job): PipelineItem => ({ type: 'job', root, job })),
    ...pipeline.stages.map((stage): PipelineItem => ({ type: 'stage', root, stage })),
  ];
}

function projectTreeItem(root: string, pipeline: Pipeline): vscode.TreeItem {
  const item = new vscode.TreeItem(pipeline.name === '' ? basename(root) : pipeline.name, vscode.TreeItemCollapsibleState.Expanded);
  const isRunning = pipeline.jobs.some(({ state }) => state === 'running');
  item.id = `project:${root}`;
  item.description = projectSummary(pipeline, isRunning);
  item.iconPath = new vscode.ThemeIcon(isRunning ? 'loading~spin' : 'type-hierarchy-sub');
  item.contextValue = (isRunning ? 'project.running' : 'project.idle') satisfies ItemKind;
  item.tooltip = root;
  return item;
}

function projectSummary({ stages, errors }: Pipeline, isRunning: boolean): string {
  if (errors.length > 0) return errors.length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', errors.length);
  const ready = stages.filter(({ state }) => state === 'unchanged' || state === 'done').length;
  if (isRunning) return vscode.l10n.t('running, {0} of {1} done', ready, stages.length);
  if (ready === stages.length) return vscode.l10n.t('up to date');
  return vscode.l10n.t('{0} of {1} up to date', ready, stages.length);
}

function jobTreeItem({ root, job }: Extract<PipelineItem, { type: 'job' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(job.record.title);
  item.id = `job:${root}:${job.record.id}`;
  item.description = [job.activity, formatAge(job.record.startedAt)].filter((part) => part !== undefined).join(' · ');
  item.iconPath = new vscode.ThemeIcon('server-process', new vscode.ThemeColor('progressBar.background'));
  item.contextValue = 'job.running' satisfies ItemKind;
  item.tooltip = new vscode.MarkdownString(codeBlock('shell', `millwright ${job.record.command.join(' ')}`));
  item.command = commandOf('millwright.job.showLog', vscode.l10n.t('Show Job Log'), { type: 'job', root, job });
  return item;
}

function stageTreeItem(node: PipelineItem, stage: StageSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(stage.name);
  const { icon, color } = stageLook(stage);
  item.id = `stage:${node.root}:${stage.name}`;
  item.description = stageWords(stage);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  const report = reportOf(stage);
  item.contextValue = (report === undefined ? 'stage' : contexts[report]) satisfies ItemKind;
  item.tooltip = stageTooltip(stage);
  item.accessibilityInformation = { label: `${stage.name}, ${stateWords(stage.state)}, ${item.description}` };
  item.command = openCommand(report, node);
  return item;
}

/** What menus tell stages with a report by. */
const contexts = { evaluation: 'stage.evaluated', validation: 'stage.checked' } as const;

function openCommand(report: ReturnType<typeof reportOf>, node: PipelineItem): vscode.Command {
  switch (report) {
    case 'evaluation':
      return commandOf('millwright.report.open', vscode.l10n.t('Open Evaluation Report'), node);
    case 'validation':
      return commandOf('millwright.validation.open', vscode.l10n.t('Open Validation Report'), node);
    case undefined:
      return commandOf('millwright.project.open', vscode.l10n.t('Open Project File'), node);
  }
}

function stageTooltip(stage: StageSummary): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown(`**${escapeMarkdown(stage.name)}** · ${escapeMarkdown(stage.kind)} · ${stateWords(stage.state)}\n\n`);
  for (const reason of stage.reasons) tooltip.appendMarkdown(`- ${escapeMarkdown(reason)}\n`);
  if (stage.after.length > 0) tooltip.appendMarkdown(`\n${escapeMarkdown(vscode.l10n.t('After: {0}', stage.after.join(', ')))}\n`);
  if (stage.finishedAt !== undefined && stage.durationMs !== undefined) {
    const words = vscode.l10n.t('Last finished {0}, took {1}', formatAge(stage.finishedAt), formatDuration(stage.durationMs));
    tooltip.appendMarkdown(`\n${escapeMarkdown(words)}`);
  }
  return tooltip;
}
