/** What the rows of a registered version and of its aliases show, and how the version is loaded. Pure: no `vscode` here. */
import type { ModelVersion } from '../../protocol/model.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { defaultStoreUri } from '../../protocol/tables/storedNames.ts';
import { versionWords } from '../../protocol/words/versionWords.ts';
import { headlineWords } from './runRow.ts';

/** `@champion @challenger · 0.7210 roc_auc · 5 min ago` */
export function versionRow(version: ModelVersion, run: RunOverview | undefined, now = Date.now()): string {
  return versionWords(version, run === undefined ? undefined : headlineWords(run), now);
}

/** An alias below the version that it names; its hover is how MLflow addresses it. */
export function aliasRow({ model }: Pick<ModelVersion, 'model'>, alias: string): { readonly label: string; readonly tooltip: string } {
  return { label: alias, tooltip: `models:/${model}@${alias}` };
}

/** How a program names the version: by an alias where it has one, since that is what moves. */
function versionReference({ model, version, aliases: [alias] }: ModelVersion): string {
  return alias === undefined ? `${model}/${String(version)}` : `${model}@${alias}`;
}

/** Lines that load the version: through MLflow in Python, and in the terminal. */
export function loadingLines(version: ModelVersion): { readonly python: string; readonly terminal: string } {
  const reference = versionReference(version);
  return {
    python: `import mlflow\nmlflow.set_tracking_uri("${defaultStoreUri}")\nmodel = mlflow.pyfunc.load_model("models:/${reference}")`,
    terminal: `millwright predict --model ${reference} --data new.csv --output scored.csv`,
  };
}
