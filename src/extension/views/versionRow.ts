/** What the row of a registered version shows, and how the version is loaded. Pure: no `vscode` here. */
import { formatAge } from '../../base/clock.ts';
import type { ModelVersion } from '../../protocol/model.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { statusWords } from '../../protocol/words/versionWords.ts';
import { headlineWords } from './runRow.ts';

/** `@champion @challenger · 0.7210 roc_auc · 5 min ago` */
export function versionWords({ aliases, createdAt, status, stage }: ModelVersion, run: RunOverview | undefined, now = Date.now()): string {
  const names = aliases.map((alias) => `@${alias}`).join(' ');
  const figure = run === undefined ? undefined : headlineWords(run);
  const parts = [statusWords(status), names === '' ? undefined : names, stage, figure, formatAge(createdAt, now)];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** How a program names the version: by an alias where it has one, since that is what moves. */
function versionReference({ model, version, aliases: [alias] }: ModelVersion): string {
  return alias === undefined ? `${model}/${String(version)}` : `${model}@${alias}`;
}

/** Lines that load the version: through MLflow in Python, and in the terminal. */
export function loadingLines(version: ModelVersion): { readonly python: string; readonly terminal: string } {
  const reference = versionReference(version);
  return {
    python: `import mlflow\nmlflow.set_tracking_uri("sqlite:///mlflow.db")\nmodel = mlflow.pyfunc.load_model("models:/${reference}")`,
    terminal: `millwright predict --model ${reference} --data new.csv --output scored.csv`,
  };
}
