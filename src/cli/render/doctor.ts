/** The probes of a machine as a list. */
import { printable } from '../../base/printable.ts';
import { probeMarks, type Probe, type ProbeState } from '../../protocol/doctor.ts';
import type { Style, StyleName } from './style.ts';
import { displayWidth, wrap } from './width.ts';

const looks: Readonly<Record<ProbeState, StyleName>> = {
  ok: 'green',
  warning: 'yellow',
  missing: 'dim',
  failed: 'red',
  'timed out': 'red',
};

/** A line per probe, and what to do about it below. */
export function renderProbes(probes: readonly Probe[], style: Style, width = 100): string[] {
  const nameWidth = Math.max(...probes.map(({ name }) => displayWidth(name)));
  const indent = ' '.repeat(nameWidth + 4);
  return probes.flatMap(({ name, state, detail, remedy }) => {
    const [first = '', ...rest] = wrap(printable(detail), width - indent.length);
    const advice = remedy === undefined ? [] : wrap(printable(remedy), width - indent.length - 2);
    return [
      `${style(looks[state], probeMarks[state])} ${style('bold', name.padEnd(nameWidth))}  ${first}`,
      ...rest.map((line) => indent + line),
      ...advice.map((line, index) => `${indent}${index === 0 ? style('cyan', '→') : ' '} ${style('dim', line)}`),
    ];
  });
}
