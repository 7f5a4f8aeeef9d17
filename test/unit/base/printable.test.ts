import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, inlineCode, codeBlock } from '../../../src/base/markdown.ts';
import { printable, steadyLines } from '../../../src/base/printable.ts';

const attacks: Readonly<Record<string, string>> = {
  'a title': '\u001b]0;pwned\u0007',
  'a link': '\u001b]8;;https://example.org\u001b\\click\u001b]8;;\u001b\\',
  'a link of C1': '\u009d8;;https://example.org\u009cclick',
  'a cleared screen': '\u001b[2J\u001b[H',
  'a sequence of C1': '\u009b31m',
  'a device string': '\u001bP$q"p\u001b\\',
  'a clipboard': '\u001b]52;c;cHduZWQ=\u0007',
  'concealed text': '\u001b[8msecret\u001b[28m',
  'a rewritten line': 'all is well\rnot at all',
  'a deleted sign': 'abc\b\b\b   ',
  'a bell': '\u0007',
  'a NUL': 'a\0b',
  'a direction override': 'invoice\u202etxt.exe',
  'an isolate': '\u2066abc\u2069',
  'a mark of direction': 'a\u200fb\u200ec\u061cd',
  'separators of lines': 'a\u2028b\u2029c',
};

const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('a text of any origin', () => {
  it.each(Object.entries(attacks))('makes no %s', (_what, text) => {
    for (const show of [printable, steadyLines, escapeMarkdown, inlineCode, (code: string) => codeBlock('sh', code)])
      expect(show(text)).not.toMatch(steering);
  });

  it('keeps signs that steer nothing', () => {
    for (const text of ['naïve 模型 🚀 👩‍🔬 ë', 'می‌خواهم', 'שלום', 'a\\b', ''])
      expect([printable(text), steadyLines(text)]).toEqual([text, text]);
  });

  it('keeps the colours of our own in lines, and nothing else', () => {
    const dressed = '\u001b[31m\u001b[1mred\u001b[22m\u001b[39m\tend\n\u001b[2mdim\u001b[22m';
    expect(steadyLines(dressed)).toBe(dressed);
    for (const other of ['\u001b[7m', '\u001b[5m', '\u001b[38;5;1m', '\u001b[31;8m', '\u001b[1A', '\u001b[K', '\u001bc'])
      expect(steadyLines(other)).not.toContain('\u001b');
  });

  it('steers nothing, whatever it is', () => {
    const unit = fc.oneof(
      fc.constantFrom(...Object.values(attacks)),
      fc.string({ maxLength: 3 }),
      fc.nat(0x2100).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), (parts) => {
        expect(printable(parts.join(''))).not.toMatch(steering);
        expect(steadyLines(parts.join('')).replace(/\u001b\[(?:0|1|2|22|3[1-6]|39)m/g, '')).not.toMatch(steering);
      }),
    );
  });
});
