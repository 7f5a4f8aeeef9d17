/** The table of tags in `docs/tracking.md`, made from the names that the store holds. */
import { storedTags } from '../src/protocol/tables/storedNames.ts';
import { withPart } from './generatedPart.ts';

export function withTagTable(document: string): string {
  const rows = storedTags.map(({ name, on, meaning }) => `| \`${name}\` | ${on} | ${meaning} |`);
  return withPart(document, {
    name: 'tags',
    madeBy: 'tagReference.ts',
    text: ['| tag | on a | meaning |', '|---|---|---|', ...rows].join('\n'),
  });
}
