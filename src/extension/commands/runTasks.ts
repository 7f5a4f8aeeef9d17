/** The task type `millwright`: `millwright run` in a terminal, its diagnostics caught by the problem matcher. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { tasks, trialCommands } from './contributions.ts';
import { pickRoot, saveProjectFile } from './pipelineCommands.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import type { Runtime } from '../host/runtime.ts';

const taskType = 'millwright' satisfies keyof typeof tasks;

interface RunTaskDefinition extends vscode.TaskDefinition {
  readonly project?: string;
  readonly stages?: readonly string[];
  readonly sample?: number;
}

export function trialHandlers(store: ProjectStore, runtime: () => Runtime): HandlersOf<typeof trialCommands> {
  return {
    'millwright.pipeline.trySample': async (item) => trySample(item?.root ?? (await pickRoot(store)), runtime()),
  };
}

export function provideRunTasks(store: ProjectStore, runtime: () => Runtime): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: async () => {
      const states = await store.states();
      return states.flatMap(({ root }) => {
        const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root));
        return folder === undefined ? [] : [runTask({ type: taskType, project: projectPath(folder, root) }, folder, runtime())];
      });
    },
    resolveTask: (task) => {
      const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
      return folder === undefined ? undefined : runTask(task.definition, folder, runtime());
    },
  });
}

/** So many rows train in seconds. */
const proposedSample = 1000;

/** A trial has no views to show it in: it keeps everything out of the project, and its terminal tells all of it. */
async function trySample(root: string, runtime: Runtime): Promise<void> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Try on a Sample'),
    prompt: vscode.l10n.t(
      'How many rows of each data set? Every stage is tried on them; nothing is registered, and the project stays as it is.',
    ),
    value: String(proposedSample),
    validateInput: (text) => (/^[1-9]\d{0,9}$/.test(text.trim()) ? undefined : vscode.l10n.t('A whole number, such as 1000.')),
  });
  if (answer === undefined) throw new CancelledError();
  await saveProjectFile(root);
  const uri = vscode.Uri.file(root);
  const folder = vscode.workspace.getWorkspaceFolder(uri) ?? { uri, name: root, index: 0 };
  await vscode.tasks.executeTask(runTask({ type: taskType, project: projectPath(folder, root), sample: Number(answer) }, folder, runtime));
}

function projectPath(folder: vscode.WorkspaceFolder, root: string): string {
  const relative = root
    .slice(folder.uri.fsPath.length)
    .replace(/^[/\\]/, '')
    .replaceAll('\\', '/');
  return relative === '' ? '.' : relative;
}

function runTask(definition: RunTaskDefinition, folder: vscode.WorkspaceFolder, { node, entry, env }: Runtime): vscode.Task {
  const stages = definition.stages ?? [];
  const project = definition.project ?? '.';
  const sample = definition.sample === undefined ? [] : ['--sample', String(definition.sample)];
  const name = ['run', ...stages, ...sample].join(' ') + (project === '.' ? '' : ` (${project})`);
  const cwd = folder.uri.fsPath; // the problem matcher reads paths relative to it
  const where = project === '.' ? [] : ['--project', project];
  const execution = new vscode.ProcessExecution(node, ['--no-warnings', entry('cli'), 'run', ...stages, ...sample, ...where], { cwd, env });
  const task = new vscode.Task(definition, folder, name, 'millwright', execution, `$${taskType}`);
  task.group = vscode.TaskGroup.Build;
  return task;
}
