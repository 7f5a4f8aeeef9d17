/** Refreshing, the output channel, the check of this machine, and a fresh start of our processes. */
import * as vscode from 'vscode';
import type { Probe } from '../protocol/doctor.ts';
import { registerCommand } from './contributions.ts';
import type { EngineClient } from './engineClient.ts';
import type { Notify } from './notify.ts';
import type { ProjectStore } from './projectStore.ts';

export interface GeneralServices {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly notify: Notify;
  readonly log: vscode.LogOutputChannel;
  readonly restartLanguageServer: () => Promise<void>;
}

export function registerGeneralCommands({ engine, store, notify, log, restartLanguageServer }: GeneralServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('millwright.view.refresh', async () => store.reload(), notify.error),
    registerCommand(
      'millwright.output.show',
      () => {
        log.show();
      },
      notify.error,
    ),
    registerCommand('millwright.doctor.run', async () => showProbes(engine, store, log), notify.error),
    registerCommand(
      'millwright.server.restart',
      async () => {
        await Promise.all([engine.restart(), restartLanguageServer()]);
        await store.reload();
      },
      notify.error,
    ),
  );
}

async function showProbes(engine: EngineClient, store: ProjectStore, log: vscode.LogOutputChannel): Promise<void> {
  const title = vscode.l10n.t('Checking this machine');
  const root = store.current[0]?.root;
  const probes = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    engine.calls.doctor({ root }),
  );
  for (const { name, state, detail, remedy } of probes) log.info(`${name}: ${state}. ${detail}${remedy === undefined ? '' : ` ${remedy}`}`);
  await vscode.window.showQuickPick(probes.map(probeItem), {
    title: vscode.l10n.t('What this machine has'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

const probeIcons: Readonly<Record<Probe['state'], string>> = {
  ok: '$(pass)',
  missing: '$(circle-slash)',
  failed: '$(error)',
  'timed out': '$(clock)',
};

function probeItem({ name, state, detail, remedy }: Probe): vscode.QuickPickItem {
  return { label: `${probeIcons[state]} ${name}`, description: detail, ...(remedy === undefined ? {} : { detail: remedy }) };
}
