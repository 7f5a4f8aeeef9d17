/** Lines of the audit log as a table. */
import { formatDuration } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import type { AuditEntry, AuditLine } from '../../protocol/audit.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

const looks: Readonly<Record<AuditEntry['outcome'], StyleName>> = { started: 'dim', success: 'green', failure: 'red' };

/** A row per line; lines whose change can be taken back carry a mark. */
export function renderAudit(lines: readonly AuditLine[], style: Style, width?: number): string[] {
  if (lines.length === 0) return [t('The audit log has no such lines.')];
  const rows = lines.map(({ line, entry }): Cell[] => [
    String(line),
    { text: `${entry.timestamp.slice(0, 10)} ${entry.timestamp.slice(11, 19)}`, style: 'dim' },
    entry.user,
    entry.operation,
    { text: entry.outcome, style: looks[entry.outcome] },
    entry.duration_seconds === null ? '' : formatDuration(entry.duration_seconds * 1000),
    entry.rollback_available ? '↺' : '',
    subject(entry),
  ]);
  return [
    ...table(
      [
        { title: t('line'), align: 'right' },
        { title: t('time (UTC)') },
        { title: t('user') },
        { title: t('operation') },
        { title: t('outcome') },
        { title: t('took'), align: 'right' },
        { title: '' },
        { title: t('what'), flexible: true },
      ],
      rows,
      { style, ...(width === undefined ? {} : { width }) },
    ),
    ...(lines.some(({ entry }) => entry.rollback_available)
      ? ['', style('dim', t('↺ can be taken back with "millwright undo <line>"'))]
      : []),
  ];
}

function subject(entry: AuditEntry): string {
  const model =
    entry.model_name === null ? [] : [entry.model_version === null ? entry.model_name : `${entry.model_name}/${entry.model_version}`];
  const error = entry.error_detail === null ? [] : [entry.error_detail];
  return [...error, ...model, ...entry.resources_affected].join(' · ');
}
