/** Jobs as a table. */
import { formatAge, formatDuration } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import type { Job, JobState } from '../../protocol/job.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

const looks: Readonly<Record<JobState, { readonly word: string; readonly style: StyleName }>> = {
  running: { word: t('running'), style: 'cyan' },
  succeeded: { word: t('succeeded'), style: 'green' },
  failed: { word: t('failed'), style: 'red' },
  cancelled: { word: t('cancelled'), style: 'yellow' },
};

/** The moment of the start, in milliseconds: enough to tell jobs apart, and every command takes it. */
const idLength = 13;

export function renderJobs(
  jobs: readonly Job[],
  options: { readonly style: Style; readonly now: number; readonly width?: number },
): string[] {
  if (jobs.length === 0) return [t('No jobs.')];
  const rows = jobs.map(({ record, state, result, activity }): Cell[] => [
    record.id.slice(0, idLength),
    { text: looks[state].word, style: looks[state].style },
    formatAge(record.startedAt, options.now),
    { text: formatDuration((result?.endedAt ?? options.now) - record.startedAt), style: 'dim' },
    record.user,
    record.title,
    firstLine(result?.error?.message) ?? (state === 'running' ? (activity ?? '') : ''),
  ]);
  const columns = [
    { title: t('job') },
    { title: t('state') },
    { title: t('started') },
    { title: t('took'), align: 'right' as const, droppable: true },
    { title: t('user'), droppable: true },
    { title: t('what'), flexible: true },
    { title: '', flexible: true },
  ];
  return table(columns, rows, options);
}

/** Some messages end with what a process printed. */
function firstLine(message: string | undefined): string | undefined {
  return message?.split('\n', 1)[0];
}
