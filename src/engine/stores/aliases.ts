/** Moves and deletes aliases as audited changes, each of which can be undone. */
import type { Json } from '../../base/canonicalJson.ts';
import { change, type AuditLog, type PreparedUndo } from '../safety/change.ts';
import { undoText, type UndoPerformers } from '../safety/undo.ts';
import { openStore } from './openStore.ts';
import { openStoreWriter } from './openStoreWriter.ts';
import { replacedTag } from '../../protocol/tables/storedNames.ts';

/** A name that points to one version of a model. */
export interface Alias {
  readonly model: string;
  readonly alias: string;
}

/**
 * Lets an alias point to a version, wherever it pointed before.
 * @throws AppError `registry.versionNotFound`, `registry.modelNotFound`, `registry.badAlias`, and those of `change`
 */
export async function setAlias(log: AuditLog, target: Alias & { readonly version: number }): Promise<void> {
  await change(log, {
    describe: {
      operation: 'alias.set',
      modelName: target.model,
      modelVersion: String(target.version),
      resources: [aliasUri(target)],
    },
    prepareUndo: () => planReturn(log.root, target),
    apply: async () => {
      const before = await versionOf(log.root, target);
      if (before !== target.version) await rememberReplaced(log.root, target, before); // first: the alias moves last, or not at all
      await point(log.root, target, target.version);
      return { value: undefined };
    },
  });
}

/**
 * Takes an alias away; one that is not there is no error.
 * @throws AppError `registry.modelNotFound`, and those of `change`
 */
export async function deleteAlias(log: AuditLog, target: Alias): Promise<void> {
  const present = await versionOf(log.root, target);
  await change(log, {
    describe: {
      operation: 'alias.delete',
      modelName: target.model,
      modelVersion: present === undefined ? undefined : String(present),
      resources: [aliasUri(target)],
    },
    prepareUndo: () => planReturn(log.root, target),
    apply: async () => {
      await point(log.root, target, undefined);
      return { value: undefined };
    },
  });
}

/** How aliases are put back to where they pointed. */
export function aliasUndo(root: string): UndoPerformers {
  return {
    [undoKind]: {
      state: async (args) => stateOf(root, aliasIn(args)),
      prepareUndo: async (args) => planReturn(root, aliasIn(args)),
      perform: async (args) => {
        const version = args.version;
        await point(root, aliasIn(args), typeof version === 'number' ? version : undefined);
      },
    },
  };
}

const nothing = 'none';

async function rememberReplaced(root: string, target: Alias & { readonly version: number }, before: number | undefined): Promise<void> {
  await using registry = openStoreWriter({ root }).registry();
  await registry.setVersionTag(
    target.model,
    target.version,
    `${replacedTag}${target.alias}`,
    before === undefined ? nothing : String(before),
  );
}

/** The version that an alias named before it moved to the one that it names now; undefined where there was none, or it is not known. */
export async function replacedBy(root: string, { model, alias }: Alias): Promise<number | undefined> {
  await using registry = openStore({ root }).registry();
  const before = Number((await registry.alias(model, alias))?.tags[`${replacedTag}${alias}`]);
  return Number.isInteger(before) ? before : undefined;
}

const undoKind = 'alias.set';

async function planReturn(root: string, target: Alias): Promise<PreparedUndo> {
  const { model, alias } = target;
  return { kind: undoKind, args: { model, alias, version: await stateOf(root, target) }, state: async () => stateOf(root, target) };
}

function aliasIn(args: Readonly<Record<string, Json>>): Alias {
  return { model: undoText(args, 'model'), alias: undoText(args, 'alias') };
}

async function versionOf(root: string, { model, alias }: Alias): Promise<number | undefined> {
  await using registry = openStore({ root }).registry();
  return (await registry.alias(model, alias))?.version;
}

/** The version's number; null where the alias names none. */
async function stateOf(root: string, target: Alias): Promise<number | null> {
  return (await versionOf(root, target)) ?? null;
}

async function point(root: string, { model, alias }: Alias, version: number | undefined): Promise<void> {
  await using registry = openStoreWriter({ root }).registry();
  if (version === undefined) await registry.deleteAlias(model, alias);
  else await registry.setAlias(model, alias, version);
}

function aliasUri({ model, alias }: Alias): string {
  return `models:/${model}@${alias}`;
}
