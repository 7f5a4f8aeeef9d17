/** Everything package.json contributes, as types: a command, setting, view or context key that is not here does not compile. */
import * as vscode from 'vscode';
import type { ModelVersionItem, PipelineItem, RunItem } from './treeItems.ts';

/** Commands with what they are called with; menus pass the tree item or file they were opened on. */
export interface CommandArguments {
  'millwright.pipeline.run': [item?: PipelineItem];
  'millwright.pipeline.trySample': [item?: PipelineItem];
  'millwright.stage.run': [item?: PipelineItem | StageReference];
  'millwright.stage.runFrom': [item?: PipelineItem | StageReference];
  'millwright.job.stop': [item?: PipelineItem];
  'millwright.job.showLog': [item?: PipelineItem];
  'millwright.report.open': [item?: PipelineItem | RunItem | ModelVersionItem | ReportReference];
  'millwright.report.export': [];
  'millwright.validation.open': [item?: PipelineItem | StageReference];
  'millwright.graph.open': [item?: PipelineItem | vscode.Uri];
  'millwright.project.open': [item?: PipelineItem | StageReference];
  'millwright.project.train': [file?: vscode.Uri];
  'millwright.run.open': [item?: RunItem | PipelineItem | ModelVersionItem | RunReference];
  'millwright.run.copyId': [item?: RunItem];
  'millwright.alias.set': [item?: ModelVersionItem];
  'millwright.alias.delete': [item?: ModelVersionItem];
  'millwright.view.refresh': [];
  'millwright.output.show': [];
  'millwright.doctor.run': [];
  'millwright.server.restart': [];
}
export type CommandId = keyof CommandArguments;

/** A stage as a code lens names it. */
export interface StageReference {
  readonly root: string;
  readonly stage: string;
}

export interface RunReference {
  readonly root: string;
  readonly runId: string;
}

/** The evaluation of a run. */
export interface ReportReference extends RunReference {
  /** The evaluate stage to show first. */
  readonly stage?: string;
}

export interface Settings {
  'runtime.node': string;
  'experiments.limit': number;
  'codeLens.enabled': boolean;
}

export interface ContextKeys {
  /** The workspace holds a project. */
  'millwright.project.present': boolean;
  /** The projects have been looked for. */
  'millwright.project.searched': boolean;
  /** A project has a run. */
  'millwright.run.present': boolean;
  /** A model has a version in use. */
  'millwright.champion.present': boolean;
  /** An evaluation report was shown. */
  'millwright.report.read': boolean;
  /** The projects have no run. */
  'millwright.run.none': boolean;
  /** The projects have no registered model. */
  'millwright.model.none': boolean;
  /** A job runs in one of the projects. */
  'millwright.job.running': boolean;
  /** A page that shows a report is in front. */
  'millwright.report.active': boolean;
}

export const views = {
  pipelines: 'millwright.pipelines',
  experiments: 'millwright.experiments',
  models: 'millwright.models',
} as const;

export const pages = {
  report: 'millwright.report',
  validation: 'millwright.validation',
  run: 'millwright.run',
  train: 'millwright.train',
  graph: 'millwright.graph',
} as const;

/** Registers a command whose failures are shown by `onError`. */
export function registerCommand<Id extends CommandId>(
  id: Id,
  run: (...args: CommandArguments[Id]) => unknown,
  onError: (error: unknown) => void,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await run(...(args as CommandArguments[Id]));
    } catch (error) {
      onError(error);
      return undefined;
    }
  });
}

/** A command as a button, a lens or a tree item calls it. */
export function commandOf<Id extends CommandId>(command: Id, title: string, ...args: CommandArguments[Id]): vscode.Command {
  return { command, title, arguments: args };
}

export async function runCommand<Id extends CommandId>(command: Id, ...args: CommandArguments[Id]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

export function setting<Name extends keyof Settings>(name: Name, fallback: Settings[Name], scope?: vscode.Uri): Settings[Name] {
  return vscode.workspace.getConfiguration('millwright', scope).get(name, fallback);
}

/** Whether a change of settings touches this one. */
export function settingChanged(event: vscode.ConfigurationChangeEvent, name: keyof Settings): boolean {
  return event.affectsConfiguration(`millwright.${name}`);
}

export function setContext<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
