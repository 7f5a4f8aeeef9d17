/** Keys and values of capabilities that do not exist yet: refused with a clear word, not ignored. */
import { t } from '../../../base/localize.ts';
import type { Path } from '../text/yamlTree.ts';

const topLevel: Readonly<Record<string, () => string>> = {
  monitors: () => t('drift monitors come later'),
  engines: () => t('remote engines come later'),
  deployments: () => t('deployments come later'),
  feature_views: () => t('feature views come later'),
  schedules: () => t('schedules come later'),
};

const plannedKinds: Readonly<Record<string, () => string>> = {
  tune: () => t('tuning comes later'),
};

/** Why the key (or, under `uses`, the value) at the end of a path is not supported yet; undefined for all others. */
export function plannedAt(path: Path): string | undefined {
  const [first, , third, fourth] = path.map(String);
  if (path.length === 1 && first !== undefined) return words(topLevel, first);
  if (first === 'stages' && path.length === 4 && third === 'uses' && fourth !== undefined) return words(plannedKinds, fourth);
  if (first === 'tracking' && path[1] === 'uri') return t('runs are logged to mlflow.db in the project folder');
  return undefined;
}

function words(table: Readonly<Record<string, () => string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name]?.() : undefined;
}
