/** A proposed project: what is predicted, which columns are used, which are not, and why. */
import { formatCount, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { ColumnProposal, DatasetProfile, ProjectProposal } from '../../protocol/dataset.ts';
import { metricLabel } from '../../protocol/tables/metrics.ts';
import { splitWords, taskWords } from '../../protocol/words/proposalWords.ts';
import { trainerWords } from '../../protocol/tables/trainers.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

const looks: Readonly<Record<ColumnProposal['use'], StyleName>> = {
  target: 'magenta',
  time: 'cyan',
  numeric: 'green',
  categorical: 'green',
  ignored: 'dim',
};

export function renderProposal(proposal: ProjectProposal, style: Style, width?: number): string[] {
  const { profile, target, task, classes, columns, warnings, reading, trainer, split, metric } = proposal;
  const shares = classes.slice(0, 6).map(({ value, share }) => `${printable(value)} ${formatShare(share)}`);
  const more = classes.length > shares.length ? [t('{count} more', { count: classes.length - shares.length })] : [];
  return [
    t('{path}: {rows} rows, {columns} columns', {
      path: printable(profile.path),
      rows: formatCount(profile.rows),
      columns: formatCount(profile.columns.length),
    }),
    `${t('Predicts {target} ({task})', { target: style('bold', printable(target)), task: taskWords(task) })}${shares.length === 0 ? '' : `: ${[...shares, ...more].join(', ')}`}`,
    t('By {trainer}, judged on {split} by {metric}', {
      trainer: trainerWords(trainer),
      split: splitWords(split),
      metric: metricLabel(metric),
    }),
    ...reading.map((reason) => printable(reason)),
    '',
    ...table(
      [{ title: t('column') }, { title: t('used as') }, { title: t('why'), flexible: true }],
      columns.map(({ column, use, reason }): Cell[] => [column, { text: use, style: looks[use] }, reason]),
      { style, ...(width === undefined ? {} : { width }) },
    ),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `${style('yellow', '▲')} ${printable(warning)}`)]),
  ];
}

/** What predicting a column would mean: its class shares, or its range. */
export function targetNote(profile: DatasetProfile, column: string): string {
  const found = profile.columns.find(({ name }) => name === column);
  if (found === undefined) return '';
  const covered = found.top.reduce((sum, { count }) => sum + count, 0);
  if (found.distinct <= 12 && covered > 0) {
    return found.top
      .slice(0, 4)
      .map(({ value, count }) => `${printable(value)} ${formatShare(count / profile.rows)}`)
      .join(', ');
  }
  if (found.min !== undefined && found.max !== undefined) {
    return t('{type}, {min} to {max}', { type: found.type, min: found.min, max: found.max });
  }
  return t('{type}, {count} values', { type: found.type, count: formatCount(found.distinct) });
}

/** The text of a project file with its comments and keys told apart. */
export function renderYaml(yaml: string, style: Style): string[] {
  return yaml
    .trimEnd()
    .split('\n')
    .map((line) => {
      const shown = printable(line);
      const parts = /^(\s*(?:- )?)([^#:{}[\]]+:)(.*)$/.exec(shown);
      if (shown.trimStart().startsWith('#')) return `  ${style('dim', shown)}`;
      return parts === null ? `  ${shown}` : `  ${parts[1] ?? ''}${style('cyan', parts[2] ?? '')}${parts[3] ?? ''}`;
    });
}
