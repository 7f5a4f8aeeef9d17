import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { describe, expect, it } from 'vitest';
import { definition } from '../../../../../src/language/formats/projectFile/definition.ts';
import { readProjectDocument } from '../../../../../src/language/formats/projectFile/projectDocument.ts';
import { atCaret, edited } from './checkLanguage.ts';

/** The line of the definition, from 1, and the text that is selected there. */
function checkDefinition(marked: string, line: number, text: string): void {
  const { project, position } = atCaret(marked);
  const found = definition(project, position);
  if (found === undefined) throw new Error('no definition');
  expect(found.uri).toBe(project.document.uri);
  expect(project.document.getText(found.range)).toBe(text);
  expect(found.range.start.line + 1).toBe(line);
}

describe('definition', () => {
  it('of data sets, features, stages, models and parameters', () => {
    checkDefinition(edited('dataset: winter', 'dataset: win|ter'), 7, 'winter');
    checkDefinition(edited('from: flights', 'from: fl|ights'), 4, 'flights');
    checkDefinition(edited('features: flight\n', 'features: flight|\n'), 9, 'flight');
    checkDefinition(edited('model: train, name', 'model: |train, name'), 17, 'train');
    checkDefinition(edited('alias: champion', 'needs: [mea|sure]'), 22, 'measure');
    checkDefinition(edited('${params.rate}', '${params.ra|te}'), 2, 'rate');
    checkDefinition(edited('${params.rate}', '${params.deep.e|r}'), 2, 'er');
  });

  it('is nowhere for what the file does not define', () => {
    for (const marked of [
      edited('uses: validate', 'uses: val|idate'),
      edited('dataset: winter', 'dataset: nowh|ere'),
      edited('${params.rate}', '${env.HO|ME}'),
    ]) {
      const { project, position } = atCaret(marked);
      expect(definition(project, position)).toBeUndefined();
    }
  });

  it('leads into the file of parameters', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millwright language ')));
    try {
      writeFileSync(join(folder, 'params.yaml'), 'other: 1\nrate: 0.1\n');
      const text = 'name: "${params.rate}"\nparams: params.yaml\n';
      const document = TextDocument.create(pathToFileURL(join(folder, 'millwright.yaml')).href, 'yaml', 1, text);
      const found = definition(readProjectDocument(document, {}), { line: 0, character: 12 });
      expect(found).toEqual({
        uri: pathToFileURL(join(folder, 'params.yaml')).href,
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
