/** The output of a command, cut into pieces anywhere: nothing of a secret passes, and nothing else is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineReader } from '../../../src/engine/pipeline/stages/command/lineReader.ts';
import { createMask } from '../../../src/engine/safety/masking.ts';

function read(secrets: readonly string[], output: Buffer, cuts: readonly number[]): string[] {
  const lines: string[] = [];
  const reader = lineReader(createMask(secrets), (line) => lines.push(line));
  let from = 0;
  for (const cut of [...cuts].map((cut) => cut % (output.length + 1)).sort((a, b) => a - b)) {
    reader.read(output.subarray(from, cut));
    from = Math.max(from, cut);
  }
  reader.read(output.subarray(from));
  reader.end();
  return lines;
}

/** Secrets in capitals and signs, texts in small letters: what is left of a secret shows. */
const capitals = fc.string({
  unit: fc.constantFrom(...Array.from('ABCDEFGHKLMNÄЖ+/=.*()[]{}$^|?"\'\\ %&#-_')),
  minLength: 4,
  maxLength: 24,
});
const line = capitals.filter((value) => (value.trim().match(/[A-ZÄЖ]/g) ?? []).length > 3);
const secret = fc.oneof(
  line,
  fc.array(line, { minLength: 2, maxLength: 4 }).map((lines) => lines.join('\n')),
);
const family = fc
  .tuple(fc.array(secret, { minLength: 1, maxLength: 3 }), line)
  .map(([secrets, more]) => [...secrets, `${secrets[0] ?? ''}${more}`, `${more}${secrets[0] ?? ''}`]);
const filler = fc.string({ unit: fc.constantFrom(...Array.from('abcdeé \n\r🔑')), maxLength: 12 });
const forms: readonly ((secret: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify(value).slice(1, -1),
  encodeURIComponent,
  (value) => new URLSearchParams({ a: value }).toString().slice(2),
];

describe('lineReader', () => {
  it('passes nothing of a secret on, wherever the output is cut', () => {
    const pieces = fc.array(fc.tuple(filler, fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(family, pieces, fc.array(fc.nat(), { maxLength: 8 }), (secrets, parts, cuts) => {
        const text = parts
          .map(([rest, which, form]) => `${rest} ${forms[form % forms.length]!(secrets[which % secrets.length]!)} `)
          .join('');
        expect(read(secrets, Buffer.from(text), cuts).join('\n')).not.toMatch(/[A-ZÄЖ]/);
      }),
      { numRuns: 300 },
    );
  });

  it('passes everything on that is no secret', () => {
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
        const text = parts.join('');
        expect(read(['SECRET'], Buffer.from(text), cuts).join('')).toBe(text.replace(/[\r\n]/g, ''));
      }),
    );
  });

  it.each([0, 1, 7, 40_000, 65_530, 65_536, 65_540, 131_070])('masks a secret at the byte %i of a line without an end', (at) => {
    for (const size of [1, 1000, 65_536, 1_000_000]) {
      const output = Buffer.from(`${'x'.repeat(at)}ABCDEFGHABCD${'y'.repeat(70_000)}`);
      const cuts = Array.from({ length: Math.min(200_000, Math.floor(output.length / size)) }, (_, index) => (index + 1) * size);
      if (size === 1 && at > 7) continue;
      const lines = read(['ABCD', 'ABCDEFGH', 'GHAB'], output, cuts);
      expect(lines.join('')).toBe(`${'x'.repeat(at)}***${'y'.repeat(70_000)}`);
    }
  });

  it('gives a line up that is one secret after another, and goes on with the next', () => {
    const reader: string[] = [];
    const { read: feed, end } = lineReader(createMask(['ABAB']), (text) => reader.push(text));
    for (let index = 0; index < 100; index++) feed(Buffer.from('AB'.repeat(32_768)));
    feed(Buffer.from('AB\nnext\n'));
    end();
    expect(reader.join('\n')).not.toMatch(/A|B/);
    expect(reader.at(-1)).toBe('next');
  });
});
