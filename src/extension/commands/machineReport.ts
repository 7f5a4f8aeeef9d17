/** What this machine has, as a text that can be read, searched and copied. Pure: no `vscode` here. */
import { t } from '../../base/localize.ts';
import { probeMarks, type Probe } from '../../protocol/doctor.ts';

/** A line for each probe, and what to do about it below. */
export function machineReport(probes: readonly Probe[], at: Date): string {
  const width = Math.max(0, ...probes.map(({ name }) => name.length));
  const lines = probes.flatMap(({ name, state, detail, remedy }) => [
    `${probeMarks[state]} ${name.padEnd(width)}  ${oneLine(detail)}`,
    ...(remedy === undefined ? [] : [`  ${' '.repeat(width)}  → ${oneLine(remedy)}`]),
  ]);
  const title = t('What this machine has, {at} UTC', { at: at.toISOString().replace('T', ' ').slice(0, 19) });
  return [title, '', ...lines, ''].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
