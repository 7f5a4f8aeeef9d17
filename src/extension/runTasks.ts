/** The task type `millwright`: `millwright run` in a terminal, its diagnostics caught by the problem matcher. */
import * as vscode from 'vscode';
import type { ProjectStore } from './projectStore.ts';
import type { Runtime } from './runtime.ts';

const taskType = 'millwright';

interface RunTaskDefinition extends vscode.TaskDefinition {
  readonly project?: string;
  readonly stages?: readonly string[];
}

export function registerRunTasks(store: ProjectStore, runtime: () => Runtime): vscode.Disposable {
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
  const name = ['run', ...stages].join(' ') + (project === '.' ? '' : ` (${project})`);
  const cwd = folder.uri.fsPath; // the problem matcher reads paths relative to it
  const where = project === '.' ? [] : ['--project', project];
  const execution = new vscode.ProcessExecution(node, ['--no-warnings', entry('cli'), 'run', ...stages, ...where], { cwd, env });
  const task = new vscode.Task(definition, folder, name, 'millwright', execution, '$millwright');
  task.group = vscode.TaskGroup.Build;
  return task;
}
