import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, escapeMarkdown, inlineCode } from '../../../src/base/markdown.ts';

describe('a text inside Markdown', () => {
  it('never ends the code it stands in', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n', '!', '[') }), (text) => {
        const block = codeBlock('yaml', text).split('\n');
        const fence = block.at(-1)!;
        expect(block.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
        const inline = inlineCode(text);
        const [run] = /^`+/.exec(inline)!;
        expect(inline.endsWith(run)).toBe(true);
        expect(inline.slice(run.length, -run.length).includes(run)).toBe(false);
      }),
    );
  });

  it('is no link, no picture and no heading', () => {
    expect(escapeMarkdown('![x](https://example.org/p.png)\n# big')).toBe(String.raw`\!\[x\]\(https\://example\.org/p\.png\) \# big`);
  });

  it('has no sign of Markdown left that is not taken as it is', () => {
    const signs = [
      '\\',
      '`',
      '*',
      '_',
      '<b>',
      '&lt;',
      '[a](b)',
      '![',
      '|',
      '\n',
      '\r',
      '# ',
      '- ',
      '1. ',
      '~~',
      'https://a.b',
      'www.a.b',
      'a@b.c',
      '$(x)',
      '===',
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs)), (parts) => {
        expect(escapeMarkdown(parts.join('')).replace(/\\[^a-z0-9\s]/gi, '')).toMatch(/^[a-z0-9\s/;]*$/i);
      }),
    );
    expect(escapeMarkdown('a\n\n# b\r\n- c')).not.toMatch(/[\r\n]/);
  });
});
