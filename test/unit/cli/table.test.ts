import { printable } from '../../../src/base/printable.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain, type Style } from '../../../src/cli/render/style.ts';
import { table } from '../../../src/cli/render/table.ts';
import { displayWidth, truncate, wrap } from '../../../src/cli/render/width.ts';

describe('the width of a text', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['naïve', 5],
    ['e\u0301', 1],
    ['模型', 4],
    ['🚀', 2],
    ['👩‍🔬', 2],
    ['a\u200bb', 2],
  ])('%j takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  test('truncating never exceeds the cells, and changes nothing that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(printable), fc.integer({ min: 1, max: 40 }), (text, cells) => {
        const shown = truncate(text, cells);
        expect(displayWidth(shown)).toBeLessThanOrEqual(cells);
        if (displayWidth(text) <= cells) expect(shown).toBe(text);
      }),
    );
  });

  test('wrapping keeps every word, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.integer({ min: 5, max: 30 }), (words, cells) => {
        const lines = wrap(words.join(' '), cells);
        expect(lines.join(' ').split(' ')).toEqual(words);
        for (const line of lines) expect(line.length <= cells || !line.includes(' ')).toBe(true);
      }),
    );
  });
});

describe('what data can do to a terminal', () => {
  test('escape sequences, bells and direction marks are shown, not obeyed', () => {
    const shown = printable('red\u001b[31m bell\u0007 tab\t line\n flip\u202e');
    expect(shown).toBe('red\\u001b[31m bell\\u0007 tab  line⏎ flip\\u202e');
  });
});

describe('a table', () => {
  test('aligns columns, numbers to the right, wide characters by their cells', () => {
    const lines = table(
      [{ title: 'name' }, { title: 'rows', align: 'right' }],
      [
        ['模型', '5'],
        ['plain', '12345'],
      ],
      { style: plain },
    );
    expect(lines).toEqual(['name    rows', '模型       5', 'plain  12345']);
  });

  test('shortens its flexible column to fit, and leaves the others whole', () => {
    const lines = table([{ title: 'id' }, { title: 'what', flexible: true }], [['0199', 'a sentence that is far too long for this line']], {
      style: plain,
      width: 26,
    });
    expect(lines[1]).toBe('0199  a sentence that is…');
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(26);
  });

  test('leaves out what can be spared, the last first, where shortening is not enough', () => {
    const columns = [{ title: 'id' }, { title: 'user', droppable: true }, { title: 'state' }, { title: 'took', droppable: true }];
    const lines = (width: number) => table(columns, [['0199', 'somebody', 'finished', '12 min']], { style: plain, width });
    expect(lines(32)[1]).toBe('0199  somebody  finished  12 min');
    expect(lines(31)[1]).toBe('0199  somebody  finished');
    expect(lines(20)[1]).toBe('0199  finished');
  });

  test('dresses cells without disturbing the columns', () => {
    const marked: Style = (name, text) => `<${name}>${text}</${name}>`;
    const lines = table(
      [{ title: '' }, { title: '' }],
      [
        [{ text: 'a', style: 'green' }, 'b'],
        ['ccc', 'd'],
      ],
      { style: marked },
    );
    expect(lines).toEqual(['<green>a  </green>  b', 'ccc  d']);
  });
});

test('titles that come from data cannot steer the terminal', () => {
  const title = 'x\u001b]0;title\u0007\u001b[2J';
  expect(table([{ title }], [['1']], { style: plain }).join('\n')).not.toMatch(/[\u001b\u0007]/);
});
