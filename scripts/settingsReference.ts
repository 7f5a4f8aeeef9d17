/** The table of settings in `docs/editor.md`, made from the rows of the rooms. */
import { settings } from '../src/extension/settings.ts';
import { withPart } from './generatedPart.ts';

export function withSettingsTable(document: string): string {
  const rows = Object.entries(settings).map(([name, row]) => `| \`millwright.${name}\` | ${defaultOf(row.default)} | ${row.description} |`);
  const text = ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
  return withPart(document, { name: 'settings', madeBy: 'settingsReference.ts', text });
}

function defaultOf(value: string | number | boolean): string {
  return value === '' ? 'none' : `\`${String(value)}\``;
}
