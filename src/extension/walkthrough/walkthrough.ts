/** The first steps: shown once where nothing else is on screen, and ticked by whatever way they were taken. */
import * as vscode from 'vscode';
import type { firstSteps } from './contributions.ts';
import { setContext } from '../host/contributed.ts';
import type { ProjectState, ProjectStore } from '../engine/projectStore.ts';

const walkthroughId: typeof firstSteps.id = 'start';
const shownKey = 'walkthrough.shown';

export function registerWalkthrough(context: vscode.ExtensionContext, store: ProjectStore): vscode.Disposable {
  if (isWanted(context)) void open(context);
  return store.onDidChange(() => {
    setContext('millwright.run.present', store.current.some(hasRuns));
    setContext('millwright.champion.present', store.current.some(hasChampion));
  });
}

/** Who wants no page at the start, or no walkthrough of extensions, gets none; nor does it cover what is open. */
function isWanted({ globalState }: vscode.ExtensionContext): boolean {
  const workbench = vscode.workspace.getConfiguration('workbench');
  return (
    globalState.get(shownKey) === undefined &&
    workbench.get('startupEditor') !== 'none' &&
    workbench.get('welcomePage.walkthroughs.openOnInstall') !== false &&
    vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0)
  );
}

async function open({ globalState, extension }: vscode.ExtensionContext): Promise<void> {
  await globalState.update(shownKey, true);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension.id}#${walkthroughId}`, false);
}

function hasRuns({ runs }: ProjectState): boolean {
  return 'value' in runs && runs.value.length > 0;
}

/** The alias that everybody gives to the version in use. */
function hasChampion({ models }: ProjectState): boolean {
  return 'value' in models && models.value.models.some(({ versions }) => versions.some(({ aliases }) => aliases.includes('champion')));
}
