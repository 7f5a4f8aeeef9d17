import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOrigin, findTampering, linkHash, type AuditLink } from '../../../src/engine/safety/auditChain.ts';

function chainOf(lines: readonly string[]): AuditLink[] {
  let hash = chainOrigin;
  return lines.map((text, index) => {
    const place = { line: index + 1, operation_id: `op-${index}` };
    hash = linkHash(hash, place, text);
    return { ...place, hash };
  });
}

const logs = fc.uniqueArray(
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\n')),
  { minLength: 2, maxLength: 20 },
);

describe('findTampering', () => {
  it('finds nothing in an untouched log', () => {
    fc.assert(fc.property(logs, (lines) => findTampering(lines, chainOf(lines)).length === 0));
  });

  it('names the line that was edited', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (lines, seed) => {
        const index = seed % lines.length;
        const edited = lines.with(index, `${lines[index]!}!edited`);
        expect(findTampering(edited, chainOf(lines))).toEqual([{ fault: 'edited', line: index + 1 }]);
      }),
    );
  });

  it('names the line that was taken out', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (lines, seed) => {
        const index = seed % lines.length;
        const fault = index === lines.length - 1 ? 'truncated' : 'deleted';
        expect(findTampering(lines.toSpliced(index, 1), chainOf(lines))).toEqual([{ fault, line: index + 1 }]);
      }),
    );
  });

  it('names the line that was put in', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (lines, seed) => {
        const index = seed % (lines.length + 1);
        expect(findTampering(lines.toSpliced(index, 0, 'a line from outside'), chainOf(lines))).toEqual([
          { fault: 'inserted', line: index + 1 },
        ]);
      }),
    );
  });

  it('counts every line that a truncation took', () => {
    const lines = ['a', 'b', 'c', 'd'];
    expect(findTampering(['a'], chainOf(lines)).map(({ fault, line }) => [fault, line])).toEqual([
      ['truncated', 2],
      ['truncated', 3],
      ['truncated', 4],
    ]);
  });

  it('notices two lines that changed places', () => {
    const lines = ['a', 'b', 'c'];
    expect(findTampering(['b', 'a', 'c'], chainOf(lines)).length).toBeGreaterThan(0);
  });
});
