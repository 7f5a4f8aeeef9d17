/** The editor's calls for what the extension contributes: a command, setting or context key that has no row does not compile. */
import * as vscode from 'vscode';
import type { CommandArguments, CommandHandlers, CommandId } from '../contributions.ts';
import { settings, type Settings } from '../settings.ts';
import type { ContextKey } from './conditions.ts';

/** What the compiler names where a handler's command is not contributed. */
type NoOthers<Handlers> = [Exclude<keyof Handlers, CommandId>] extends [never] ? unknown : Exclude<keyof Handlers, CommandId>;

/** Registers every command that is contributed, and no other; failures are shown by `onError`. */
export function registerCommands<Handlers extends CommandHandlers>(
  handlers: Handlers & NoOthers<Handlers>,
  onError: (error: unknown) => void,
): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) => {
    const run = handler as (...args: readonly unknown[]) => unknown; // menus and links pass what the row says
    return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        onError(error);
        return undefined;
      }
    });
  });
  return vscode.Disposable.from(...registered);
}

/** A command as a button, a lens or a tree item calls it. */
export function commandOf<Id extends CommandId>(command: Id, title: string, ...args: CommandArguments[Id]): vscode.Command {
  return { command, title, arguments: [...args] };
}

export async function runCommand<Id extends CommandId>(command: Id, ...args: CommandArguments[Id]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

export function readSetting<Name extends keyof Settings>(name: Name, scope?: vscode.Uri): Settings[Name] {
  return vscode.workspace.getConfiguration('millwright', scope).get(name, settings[name].default as Settings[Name]);
}

/** Whether a change of settings touches this one. */
export function settingChanged(event: vscode.ConfigurationChangeEvent, name: keyof Settings): boolean {
  return event.affectsConfiguration(`millwright.${name}`);
}

export function setContext(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
