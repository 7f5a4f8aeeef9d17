import { describe, expect, it } from 'vitest';
import { extractTexts, textsIn } from '../../../scripts/extractTexts.ts';

describe('texts for translators', () => {
  it('are those of the engine, the command line, the language server, the editor and the pages', () => {
    const texts = extractTexts();
    for (const text of [
      'The data set "{dataset}" changed while it was read.', // engine
      'Write path=value, for example params.learning_rate=0.05.', // command line
      'Replace with {replacement}', // language server
      'Who approved this change?', // editor
    ]) {
      expect(texts[text]).toBe(text);
    }
    expect(Object.keys(texts).length).toBeGreaterThan(1000);
  });

  it('are found in every form of a call and of a literal, and nothing else is', () => {
    const source = 'vscode.l10n.t("a"); t(\'it\\\'s\', { n: 1 }); <b>{t(`plain`)}</b>; print("t(\'x\')"); set("y"); at.t("z");';
    expect(textsIn('page.tsx', source)).toEqual(['a', "it's", 'plain']);
  });

  it.each(['t(message)', 't(`${n} rows`)', 't("a" + "b")'])('must be written out: %s', (call) => {
    expect(() => textsIn('/work/a.ts', `const x = 1;\n${call};`)).toThrow(/a\.ts:2: write the text itself/);
  });
});
