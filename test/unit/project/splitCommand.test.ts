import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveCommand, splitCommand } from '../../../src/engine/project/values/splitCommand.ts';

describe('splitCommand', () => {
  it.each<[string, string[]]>([
    ['python train.py --lr 0.1', ['python', 'train.py', '--lr', '0.1']],
    ['  a\tb\n c  ', ['a', 'b', 'c']],
    [`"a b" 'c "d"' e"f g"h`, ['a b', 'c "d"', 'ef gh']],
    [String.raw`C:\Tools\py.exe "say \"hi\" \\ \n"`, [String.raw`C:\Tools\py.exe`, String.raw`say "hi" \ \n`]],
    ['--x= "" \'\'', ['--x=', '', '']],
    ['a | b > c; $HOME *.csv', ['a', '|', 'b', '>', 'c;', '$HOME', '*.csv']],
    ['--n=${ params.x } 🙂', ['--n=${ params.x }', '🙂']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(splitCommand(text)).toEqual(expected);
  });

  it.each(["a 'b", 'a "b', '"\\"'])('%j has an open quote', (text) => {
    expect(() => splitCommand(text)).toThrow(expect.objectContaining({ code: 'project.unclosedQuote' }) as Error);
  });

  it('gives back what was quoted', () => {
    const quoted = (word: string): string => `"${word.replace(/[\\"]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(splitCommand(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });

  it('puts references in after splitting, so that a value with spaces stays one argument', () => {
    const values = { params: { name: 'two words; rm -rf', n: 3 }, env: {} };
    expect(resolveCommand('run --name ${params.name} --n=${params.n}', values)).toEqual(['run', '--name', 'two words; rm -rf', '--n=3']);
  });
});
