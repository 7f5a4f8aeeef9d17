/** Registered models as a table, a row per version. */
import { formatAge } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import type { RegisteredModel } from '../../protocol/model.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';

export function renderModels(
  models: readonly RegisteredModel[],
  { style, now, width }: { readonly style: Style; readonly now: number; readonly width?: number },
): string[] {
  if (models.length === 0) return [t('No registered models yet.')];
  const rows = models.flatMap((model) =>
    model.versions.map((version, index): Cell[] => [
      index === 0 ? { text: model.name, style: 'bold' } : '',
      String(version.version),
      { text: version.aliases.map((alias) => `@${alias}`).join(' '), style: 'cyan' },
      formatAge(version.createdAt, now),
      version.runId?.slice(0, 8) ?? '',
      { text: version.description ?? '', style: 'dim' },
    ]),
  );
  const columns = [
    { title: t('model') },
    { title: t('version'), align: 'right' as const },
    { title: t('aliases') },
    { title: t('when') },
    { title: t('run') },
    { title: t('description'), flexible: true },
  ];
  return table(columns, rows, { style, ...(width === undefined ? {} : { width }) });
}
