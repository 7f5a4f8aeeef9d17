/** The language of feature expressions: what it reads, and how it says what it cannot read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { parseExpression } from '../../../src/engine/features/expression/parseExpression.ts';
import { columnsOf, type Expression } from '../../../src/engine/features/expression/syntax.ts';

/** The tree with parentheses around everything. */
function spell(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'text':
      return `'${node.value}'`;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'column':
      return node.name;
    case 'negate':
      return `(-${spell(node.operand)})`;
    case 'not':
      return `(not ${spell(node.operand)})`;
    case 'isNull':
      return `(${spell(node.operand)} is null)`;
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return `(${spell(node.left)} ${node.operator} ${spell(node.right)})`;
    case 'case':
      return `case ${node.branches.map(({ when, then }) => `when ${spell(when)} then ${spell(then)}`).join(' ')} else ${spell(node.otherwise)} end`;
    case 'call':
      return `${node.name}(${node.args.map(spell).join(', ')})`;
  }
}

function failure(source: string): AppError {
  try {
    parseExpression(source);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`"${source}" was accepted`);
}

describe('parseExpression', () => {
  it.each([
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ['-a * b', '((-a) * b)'],
    ['- - a', 'a'],
    ['a or b and not c = d', '(a or (b and (not (c = d))))'],
    ['a is not null and b is null', '((not (a is null)) and (b is null))'],
    ['a between 1 and 2 + 3', '((a >= 1) and (a <= (2 + 3)))'],
    ["s not in ('x', 'it''s')", "(not ((s = 'x') or (s = 'it's')))"],
    ['case a when 1 then 2 else 3 end', 'case when (a = 1) then 2 else 3 end'],
    ['CASE WHEN a > 0 THEN 1 END', 'case when (a > 0) then 1 else null end'],
    ['HOUR(date) + minute(date) / 60.0', '(hour(date) + (minute(date) / 60))'],
    ['"a ""b""" + .5e2 != 1_000', '((a "b" + 50) <> 1000)'],
    ['größe % 7', '(größe % 7)'],
  ])('reads %s', (source, tree) => {
    expect(spell(parseExpression(source))).toBe(tree);
  });

  it('names every column once, in the order of mention', () => {
    expect(columnsOf(parseExpression('b + coalesce(a, b) + case when c is null then "d" else 0 end'))).toEqual(['b', 'a', 'c', 'd']);
  });

  it.each([
    ['', 1, 'a value is expected, but the expression ends.'],
    ['a +', 4, 'a value is expected, but the expression ends.'],
    ['a b', 3, 'the expression should end here.'],
    ['hour(date', 10, '")" is expected here.'],
    ['median(a)', 1, 'there is no function "median".'],
    ["a = 'x", 5, 'this quotation mark is never closed.'],
    ['a ; drop', 3, '";" is not part of the language of feature expressions.'],
    ['1 < a < 2', 7, 'comparisons do not chain.'],
    ['case 1 end', 8, '"when" is expected here.'],
    ['a is 5', 6, '"null" is expected here.'],
  ])('refuses %j at character %i', (source, position, problem) => {
    const error = failure(source);
    expect(error.code).toBe('features.expression');
    expect(error.args).toMatchObject({ position, problem });
    expect(error.remedy).toBeDefined();
  });

  it('refuses nesting that would exhaust the stack', () => {
    expect(failure(Array(4000).fill('x').join(' + ')).args.problem).toContain('too long');
    expect(failure(`${'('.repeat(1000)}a`).args.problem).toBe('the expression is nested too deeply.');
  });

  it('never fails otherwise than with its own error', () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      '+',
      '-',
      '(',
      ')',
      'case',
      'when',
      'then',
      'end',
      'and',
      'not',
      'in',
      'is',
      'null',
      "'",
      '"',
      ',',
      'hour',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 20 }), (pieces) => {
        try {
          parseExpression(pieces.join(' '));
        } catch (error) {
          expect(AppError.is(error, 'features.expression')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
