/** Moving aliases, and copying what identifies a run. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import type { ModelVersion } from '../../protocol/model.ts';
import { runTitle } from '../../protocol/words/runTitle.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import { askPermissions } from './changePermissions.ts';
import type { registryCommands } from './contributions.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Notify } from '../host/notify.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { runChoiceWords } from '../views/runRow.ts';
import type { ModelVersionItem, RunItem } from '../host/treeItems.ts';

export interface RegistryServices {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly notify: Notify;
}

export function registryHandlers(services: RegistryServices): HandlersOf<typeof registryCommands> {
  return {
    'millwright.alias.set': (item) => setAlias(services, item),
    'millwright.alias.delete': (item) => deleteAlias(services, item),
    'millwright.run.copyId': (item) => copyRunId(services.store, item),
  };
}

interface VersionReference {
  readonly root: string;
  readonly version: ModelVersion;
}

async function setAlias({ engine, store, notify }: RegistryServices, item: ModelVersionItem | undefined): Promise<void> {
  const { root, version } = await pickVersion(store, item);
  const alias = await pickAlias(store, root, version);
  const before = holderOf(store, root, { model: version.model, alias });
  const permissions = await askPermissions(engine, root);
  const change = { root, model: version.model, alias, ...permissions };
  await engine.calls.setAlias({ ...change, version: version.version });
  const args = { model: version.model, alias, version: version.version, before: before ?? '' };
  const message =
    before === undefined
      ? vscode.l10n.t('{model}@{alias} is version {version} now; there was none before.', args)
      : vscode.l10n.t('{model}@{alias} is version {version} now; it was version {before}.', args);
  notify.info(message, {
    title: vscode.l10n.t('Undo'),
    run: async () => {
      await (before === undefined ? engine.calls.deleteAlias(change) : engine.calls.setAlias({ ...change, version: before }));
      notify.info(
        before === undefined
          ? vscode.l10n.t('Undone: there is no {model}@{alias}, as before.', args)
          : vscode.l10n.t('Undone: {model}@{alias} is version {before} again.', args),
      );
    },
  });
}

/** The version that an alias names now, as far as the views know. */
function holderOf(store: ProjectStore, root: string, { model, alias }: { model: string; alias: string }): number | undefined {
  const registered = store.modelsOf(root)?.find(({ name }) => name === model);
  return registered?.versions.find(({ aliases }) => aliases.includes(alias))?.version;
}

async function deleteAlias({ engine }: RegistryServices, item: ModelVersionItem | undefined): Promise<void> {
  if (item?.type !== 'alias') throw new AppError('alias.none', vscode.l10n.t('Choose an alias in the Models view.'));
  const { root, version, alias } = item;
  const remove = vscode.l10n.t('Remove');
  const question = vscode.l10n.t('Remove the alias {model}@{alias}? Whatever refers to it will no longer find a version.', {
    model: version.model,
    alias,
  });
  if ((await vscode.window.showWarningMessage(question, { modal: true }, remove)) !== remove) throw new CancelledError();
  const permissions = await askPermissions(engine, root);
  await engine.calls.deleteAlias({ root, model: version.model, alias, ...permissions });
}

async function pickVersion(store: ProjectStore, item: ModelVersionItem | undefined): Promise<VersionReference> {
  if (item?.type === 'version' || item?.type === 'alias') return { root: item.root, version: item.version };
  const states = await store.states();
  const versions = states.flatMap(({ root, models }) =>
    'value' in models ? models.value.models.flatMap((model) => model.versions.map((version) => ({ root, version }))) : [],
  );
  const eligible = item?.type === 'model' ? versions.filter(({ version }) => version.model === item.model.name) : versions;
  if (eligible.length === 0) {
    throw new AppError('model.none', vscode.l10n.t('No model is registered yet.'), {
      remedy: vscode.l10n.t('Add a register stage to millwright.yaml and run it.'),
    });
  }
  const picked = await vscode.window.showQuickPick(
    eligible.map((reference) => ({
      label: `${reference.version.model}/${String(reference.version.version)}`,
      description: reference.version.aliases.join(', '),
      reference,
    })),
    { placeHolder: vscode.l10n.t('Which version?') },
  );
  if (picked === undefined) throw new CancelledError();
  return picked.reference;
}

/** One of the model's aliases, the two everybody uses, or whatever the user types. */
async function pickAlias(store: ProjectStore, root: string, version: ModelVersion): Promise<string> {
  const model = store.modelsOf(root)?.find(({ name }) => name === version.model);
  const holders = new Map((model?.versions ?? []).flatMap((other) => other.aliases.map((alias) => [alias, other.version] as const)));
  const known = [...new Set(['champion', 'challenger', ...holders.keys()])].filter((alias) => !version.aliases.includes(alias));
  const another = vscode.l10n.t('Another alias…');
  const items = known.map((alias) => {
    const holder = holders.get(alias);
    return holder === undefined ? { label: alias } : { label: alias, description: vscode.l10n.t('now version {0}', holder) };
  });
  const title = vscode.l10n.t('Alias for {model} version {version}', { model: version.model, version: version.version });
  const picked = await vscode.window.showQuickPick([...items, { label: another }], { title });
  if (picked === undefined) throw new CancelledError();
  if (picked.label !== another) return picked.label;
  const typed = await vscode.window.showInputBox({
    title,
    validateInput: (value) =>
      /^[A-Za-z][\w-]*$/.test(value) ? undefined : vscode.l10n.t('Letters, digits, - and _, starting with a letter.'),
  });
  if (typed === undefined) throw new CancelledError();
  return typed;
}

async function copyRunId(store: ProjectStore, item: RunItem | undefined): Promise<void> {
  const id = item?.type === 'run' ? item.run.id : await pickRunId(store);
  await vscode.env.clipboard.writeText(id);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied run {0}', id), 3000);
}

async function pickRunId(store: ProjectStore): Promise<string> {
  const runs = (await store.states()).flatMap((state) => ('value' in state.runs ? state.runs.value : []));
  const picked = await vscode.window.showQuickPick(
    runs.map((run) => ({ label: runTitle(run), description: runChoiceWords(run), detail: run.id })),
    { placeHolder: vscode.l10n.t('Which run?') },
  );
  if (picked === undefined) throw new CancelledError();
  return picked.detail;
}
