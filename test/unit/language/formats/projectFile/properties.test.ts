import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, datasetNeededAt } from '../../../../../src/language/formats/projectFile/completion.ts';
import { definition } from '../../../../../src/language/formats/projectFile/definition.ts';
import { diagnose } from '../../../../../src/language/formats/projectFile/diagnostics.ts';
import { hover } from '../../../../../src/language/formats/projectFile/hover.ts';
import { quickFixes } from '../../../../../src/language/formats/projectFile/quickFixes.ts';
import { documentSymbols } from '../../../../../src/language/formats/projectFile/symbols.ts';
import { columns, file, projectOf } from './checkLanguage.ts';

const put = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('', '{', '}', '[', ':', '- ', '\n', '"', "'", '${', '${params.', '&a ', '*a', '<<: ', '\t', '🙂', '\r'),
);

describe('in the middle of typing, at any place', () => {
  it('no feature throws, and every range lies in the text', () => {
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(30), put, fc.nat(file.length), (at, cut, text, caret) => {
        const project = projectOf(file.slice(0, at) + text + file.slice(at + cut));
        const { document } = project;
        const position = document.positionAt(caret);
        datasetNeededAt(project, position);
        hover(project, position, columns);
        definition(project, position);
        documentSymbols(project);
        for (const item of complete(project, position, { columns, snippets: true })) {
          if (item.textEdit === undefined || !('range' in item.textEdit)) throw new Error('no edit');
          const { start, end } = item.textEdit.range;
          expect(start.line).toBe(end.line);
          expect(document.offsetAt(start)).toBeLessThanOrEqual(document.offsetAt(position));
        }
        const diagnostics = diagnose(project, columns);
        quickFixes(document, diagnostics);
        for (const { range } of diagnostics) {
          expect(document.positionAt(document.offsetAt(range.start))).toEqual(range.start);
          expect(document.positionAt(document.offsetAt(range.end))).toEqual(range.end);
        }
      }),
      { numRuns: 150 },
    );
  });
});
