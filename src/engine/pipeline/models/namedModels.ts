/** How models are named where one is asked for, and what is said of a name that means none. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { RegisteredModel } from '../../../protocol/model.ts';
import type { Project } from '../../project/definitions/project.ts';
import { makesModel } from '../../project/definitions/stage.ts';
import { nearestName } from '../../project/text/nearestName.ts';
import { parseModelReference, type ModelReference } from '../../project/values/modelReference.ts';
import { openStore } from '../../stores/openStore.ts';
import { collectItems } from '../../tracking/store/pages.ts';

type Naming = Pick<Project, 'root' | 'stages'>;

/** Registered models by every alias, by their newest version where there is none; where nothing is registered, the stages that train. */
export async function usableModels({ root, stages }: Naming): Promise<readonly string[]> {
  const registered = (await registeredModels(root)).flatMap((model) => {
    const aliases = aliasReferences(model);
    return aliases.length === 0 ? newestReference(model) : aliases;
  });
  return registered.length > 0 ? registered : Object.entries(stages).flatMap(([name, stage]) => (makesModel(stage) ? [name] : []));
}

/** @throws AppError `predict.noSuchModel` where the text is a name that no stage has */
export async function requireNamed({ root, stages }: Naming, text: string): Promise<void> {
  if (parseModelReference(text)?.kind !== 'stage' || Object.hasOwn(stages, text)) return;
  const models = await registeredModels(root);
  const model = models.find(({ name }) => name === text);
  if (model !== undefined) {
    throw new AppError('predict.noSuchModel', t('{model} is a registered model, of which one version is needed.', { model: text }), {
      kind: 'usage',
      args: { model: text },
      remedy: t('Name it by an alias or its number: {forms}.', { forms: formsOf(model) }),
    });
  }
  const nearest = nearestName(text, [...Object.keys(stages), ...models.map(({ name }) => name)]);
  throw new AppError('predict.noSuchModel', t('There is no stage and no registered model called {model}.', { model: text }), {
    kind: 'usage',
    args: { model: text },
    remedy:
      nearest === undefined
        ? t('Name a train stage, or a registered model as name@alias or name/version.')
        : t('Did you mean "{nearest}"?', { nearest }),
  });
}

/** Why a registered model that is asked for is not there: the text names none, or the model, its alias or its version is missing. */
export async function missingModel(root: string, text: string, reference: ModelReference | undefined): Promise<AppError> {
  const args = { model: text };
  const message = t('The registry has no model {model}.', args);
  const inTerminal = t('"millwright models" shows what there is.');
  if (reference === undefined || reference.kind === 'stage') {
    return new AppError('registry.modelNotFound', message, {
      args,
      remedy: t('Name a train stage, or a registered model as name@alias or name/version.'),
      inTerminal,
    });
  }
  const model = await registeredModel(root, reference.model);
  const [newest] = model?.versions ?? [];
  if (model === undefined || newest === undefined) {
    return new AppError('registry.modelNotFound', message, { args, remedy: t('Register one first.'), inTerminal });
  }
  if (reference.kind === 'version') {
    return new AppError('registry.versionNotFound', message, {
      args,
      remedy: t('Name it by an alias or its number: {forms}.', { forms: formsOf(model) }),
      inTerminal,
    });
  }
  const remedy = t(
    'Its newest version is {model}/{version}. A register stage gives the alias to a model that is better than its baseline, or with "allow_worse: true" to any; a stage can also use the train stage itself.',
    { model: reference.model, version: newest.version },
  );
  return new AppError('registry.aliasNotFound', message, { args, remedy, inTerminal });
}

async function registeredModels(root: string): Promise<readonly RegisteredModel[]> {
  await using registry = openStore({ root }).registry();
  return await collectItems(async (page) => registry.models({ page }));
}

async function registeredModel(root: string, name: string): Promise<RegisteredModel | undefined> {
  await using registry = openStore({ root }).registry();
  return await registry.model(name);
}

function aliasReferences({ name, versions }: RegisteredModel): string[] {
  return versions.flatMap(({ aliases }) => aliases.map((alias) => `${name}@${alias}`));
}

function newestReference({ name, versions: [newest] }: RegisteredModel): string[] {
  return newest === undefined ? [] : [`${name}/${newest.version}`];
}

/** What the model can be asked for by. */
function formsOf(model: RegisteredModel): string {
  return [...aliasReferences(model).slice(0, 1), ...newestReference(model)].join(t(' or '));
}
