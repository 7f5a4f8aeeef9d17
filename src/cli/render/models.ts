/** Registered models as a table, a row per version. */
import { formatAge } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { ModelVersion, RegisteredModel } from '../../protocol/model.ts';
import { aliasWords, statusWords, unverifiedWords } from '../../protocol/words/versionWords.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

const looks: Readonly<Record<ModelVersion['status'], StyleName>> = {
  READY: 'cyan',
  PENDING_REGISTRATION: 'yellow',
  FAILED_REGISTRATION: 'red',
};

function statusOf(version: ModelVersion): string {
  return [statusWords(version.status), version.stage].filter((word) => word !== undefined).join(' · ');
}

function makerWords({ madeBy }: ModelVersion): string | undefined {
  return madeBy === undefined ? undefined : t('made by {tool}, not by Millwright', { tool: madeBy });
}

function noVersion({ description }: RegisteredModel): Cell {
  return { text: [t('no version'), description].filter(Boolean).join(' · '), style: 'dim' };
}

/** Once for all versions of which the same is not checked. */
function uncheckedLines(models: readonly RegisteredModel[]): string[] {
  const usable = models.flatMap(({ name, versions }) =>
    versions
      .filter(({ status }) => status === 'READY')
      .map((version) => ({ label: `${printable(name)} ${version.version}`, words: unverifiedWords(version) })),
  );
  return [...Map.groupBy(usable, ({ words }) => words)].flatMap(([words, group]) =>
    words === undefined ? [] : [`${group.map(({ label }) => label).join(', ')}: ${words}`],
  );
}

export function renderModels(
  models: readonly RegisteredModel[],
  { style, now, width }: { readonly style: Style; readonly now: number; readonly width?: number },
): string[] {
  if (models.length === 0) return [t('No registered models yet.')];
  const isStaged = models.some(({ versions }) => versions.some((version) => statusOf(version) !== ''));
  const rows = models.flatMap((model): Cell[][] =>
    model.versions.length === 0
      ? [[{ text: model.name, style: 'bold' }, '–', '', ...(isStaged ? [''] : []), formatAge(model.updatedAt, now), '', noVersion(model)]]
      : model.versions.map((version, index): Cell[] => [
          index === 0 ? { text: model.name, style: 'bold' } : '',
          String(version.version),
          { text: aliasWords(version.aliases), style: 'cyan' },
          ...(isStaged ? [{ text: statusOf(version), style: looks[version.status] }] : []),
          formatAge(version.createdAt, now),
          version.runId?.slice(0, 8) ?? '',
          {
            text: [version.statusMessage, makerWords(version), version.description].filter(Boolean).join(' · '),
            style: 'dim',
          },
        ]),
  );
  const columns = [
    { title: t('model') },
    { title: t('version'), align: 'right' as const },
    { title: t('aliases') },
    ...(isStaged ? [{ title: t('stage') }] : []),
    { title: t('when') },
    { title: t('run') },
    { title: t('description'), flexible: true },
  ];
  const unchecked = uncheckedLines(models).map((line) => style('dim', line));
  return [
    ...table(columns, rows, { style, ...(width === undefined ? {} : { width }) }),
    ...(unchecked.length === 0 ? [] : ['', ...unchecked]),
  ];
}
