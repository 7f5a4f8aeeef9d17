/** Lines of the audit log as a table. */
import { formatDuration } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import type { AuditEntry, AuditLine } from '../../protocol/audit.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

const looks: Readonly<Record<AuditEntry['outcome'], StyleName>> = { started: 'dim', success: 'green', failure: 'red' };

export interface AuditRenderOptions {
  readonly style: Style;
  readonly width?: number | undefined;
  /** The whole log, where the lines are some of it: a change may have been taken back by a line that is not shown. */
  readonly log?: readonly AuditLine[];
}

/** A row per line; the line that tells the end of a change that can still be taken back carries a mark. */
export function renderAudit(lines: readonly AuditLine[], { style, width, log = lines }: AuditRenderOptions): string[] {
  if (lines.length === 0) return [t('The audit log has no such line.')];
  const numbers = new Map(log.map(({ line, operationId }) => [operationId, line])); // of the line after, where both are shown
  const undone = undoneIn(log);
  const canUndo = ({ operationId, entry }: AuditLine): boolean =>
    entry.outcome !== 'started' && entry.rollback_available && !undone.has(operationId);
  const rows = lines.map(({ line, operationId, entry }): Cell[] => [
    String(line),
    { text: `${entry.timestamp.slice(0, 10)} ${entry.timestamp.slice(11, 19)}`, style: 'dim' },
    entry.user,
    entry.operation,
    { text: entry.outcome, style: looks[entry.outcome] },
    entry.duration_seconds === null ? '' : formatDuration(entry.duration_seconds * 1000),
    canUndo({ line, operationId, entry }) ? '↺' : '',
    subject(entry, numbers),
  ]);
  return [
    ...table(
      [
        { title: t('line'), align: 'right' },
        { title: t('time (UTC)'), droppable: true },
        { title: t('user'), droppable: true },
        { title: t('operation') },
        { title: t('outcome') },
        { title: t('took'), align: 'right', droppable: true },
        { title: '' },
        { title: t('what'), flexible: true },
      ],
      rows,
      { style, ...(width === undefined ? {} : { width }) },
    ),
    ...(lines.some(canUndo) ? ['', style('dim', t('↺ can be taken back with "millwright undo <line>"'))] : []),
  ];
}

const operationMark = 'operation ';

/** The operations that an undo took back, unless it was taken back itself. */
function undoneIn(log: readonly AuditLine[]): ReadonlySet<string> {
  const undone = new Set<string>();
  for (const { operationId, entry } of log.toReversed()) {
    if (entry.operation !== 'undo' || entry.outcome !== 'success' || undone.has(operationId)) continue;
    for (const operation of operationsOf(entry)) undone.add(operation);
  }
  return undone;
}

/** The operations that an undo names as what it took back. */
function operationsOf({ resources_affected: resources }: AuditEntry): string[] {
  return resources.flatMap((resource) => (resource.startsWith(operationMark) ? [resource.slice(operationMark.length)] : []));
}

function subject(entry: AuditEntry, numbers: ReadonlyMap<string, number>): string {
  const named = (resource: string): string => {
    const line = numbers.get(resource.slice(operationMark.length));
    return entry.operation === 'undo' && resource.startsWith(operationMark) && line !== undefined ? t('line {line}', { line }) : resource;
  };
  const model =
    entry.model_name === null ? [] : [entry.model_version === null ? entry.model_name : `${entry.model_name}/${entry.model_version}`];
  const error = entry.error_detail === null ? [] : [entry.error_detail];
  return [...error, ...model, ...entry.resources_affected.map(named)].join(' · ');
}
