/** Reads a feature expression: one value from one row, in a small part of DuckDB's language. */
import { t } from '../../../base/localize.ts';
import { expressionError } from './expressionError.ts';
import {
  functionNames,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
  type FunctionName,
  type LogicalOperator,
  type Span,
} from './syntax.ts';
import { tokenize, type Token } from './tokens.ts';

const keywords = new Set(['and', 'or', 'not', 'is', 'null', 'in', 'between', 'case', 'when', 'then', 'else', 'end', 'true', 'false']);
const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Chains nest, too (a + b + c is (a + b) + c): far beyond any use, and well within the stack of a small thread. */
const maxTokens = 2000;
/** How deep expressions may nest: far beyond any use, well within the stack. */
const maxDepth = 200;

/**
 * Parses a whole text. Precedence as in DuckDB: or, and, not, is, comparison, between and in, + and −, * / %, unary −.
 * @throws AppError `features.expression` that names the character at fault
 */
export function parseExpression(source: string): Expression {
  return new ExpressionParser(source).parse();
}

class ExpressionParser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
    if (this.#tokens.length > maxTokens) {
      this.#at = maxTokens;
      this.#fail(
        t('the expression is too long: at most {most} words, values and signs are read.', { most: maxTokens }),
        t('Compute a part of it as a column of a data set with "query:".'),
      );
    }
  }

  parse(): Expression {
    const expression = this.#or();
    if (this.#token.kind !== 'end') this.#fail(t('the expression should end here.'));
    return expression;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', start: this.#source.length, end: this.#source.length };
  }

  #or(): Expression {
    if (++this.#depth > maxDepth) this.#fail(t('the expression is nested too deeply.'));
    const result = this.#logical('or', () => this.#logical('and', () => this.#not()));
    this.#depth--;
    return result;
  }

  #logical(operator: LogicalOperator, next: () => Expression): Expression {
    let left = next();
    while (this.#takeWord(operator)) {
      const right = next();
      left = { kind: 'logical', operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #not(): Expression {
    let negations = 0;
    const { start } = this.#token;
    while (this.#takeWord('not')) negations++;
    let operand = this.#is();
    for (; negations > 0; negations--) operand = { kind: 'not', operand, start, end: operand.end };
    return operand;
  }

  #is(): Expression {
    let operand = this.#comparison();
    while (this.#takeWord('is')) {
      const negated = this.#takeWord('not');
      const { end } = this.#token;
      this.#expectWord('null');
      const test: Expression = { kind: 'isNull', operand, start: operand.start, end };
      operand = negated ? { kind: 'not', operand: test, start: test.start, end } : test;
    }
    return operand;
  }

  #comparison(): Expression {
    const left = this.#membership();
    const operator = this.#peekComparison();
    if (operator === undefined) return left;
    this.#at++;
    const right = this.#membership();
    if (this.#peekComparison() !== undefined) {
      this.#fail(t('comparisons do not chain.'), t('Join two comparisons with "and", or use parentheses.'));
    }
    return { kind: 'comparison', operator, left, right, start: left.start, end: right.end };
  }

  #peekComparison(): ComparisonOperator | undefined {
    return this.#token.kind === 'symbol' ? comparisons[this.#token.value] : undefined;
  }

  #membership(): Expression {
    const operand = this.#sum();
    const next = this.#tokens[this.#at + 1];
    const negated = this.#isWord('not') && next?.kind === 'word' && ['in', 'between'].includes(next.value.toLowerCase());
    if (negated) this.#at++;
    const test = this.#takeWord('between') ? this.#between(operand) : this.#takeWord('in') ? this.#in(operand) : operand;
    return negated ? { kind: 'not', operand: test, start: test.start, end: test.end } : test;
  }

  #between(operand: Expression): Expression {
    const low = this.#sum();
    this.#expectWord('and');
    const high = this.#sum();
    const span: Span = { start: operand.start, end: high.end };
    return {
      kind: 'logical',
      operator: 'and',
      left: { kind: 'comparison', operator: '>=', left: operand, right: low, ...span },
      right: { kind: 'comparison', operator: '<=', left: operand, right: high, ...span },
      ...span,
    };
  }

  #in(operand: Expression): Expression {
    this.#expectSymbol('(');
    const values = this.#list();
    const { end } = this.#expectSymbol(')');
    const span: Span = { start: operand.start, end };
    return values
      .map((right): Expression => ({ kind: 'comparison', operator: '=', left: operand, right, ...span }))
      .reduce((left, right): Expression => ({ kind: 'logical', operator: 'or', left, right, ...span }));
  }

  #list(): [Expression, ...Expression[]] {
    const items: [Expression, ...Expression[]] = [this.#or()];
    while (this.#takeSymbol(',')) items.push(this.#or());
    return items;
  }

  #sum(): Expression {
    return this.#arithmetic(['+', '-'], () => this.#arithmetic(['*', '/', '%'], () => this.#unary()));
  }

  #arithmetic(operators: readonly ArithmeticOperator[], next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const operator = operators.find((candidate) => this.#takeSymbol(candidate));
      if (operator === undefined) return left;
      const right = next();
      left = { kind: 'arithmetic', operator, left, right, start: left.start, end: right.end };
    }
  }

  #unary(): Expression {
    const { start } = this.#token;
    let negative = false;
    for (;;) {
      if (this.#takeSymbol('-')) negative = !negative;
      else if (!this.#takeSymbol('+')) break;
    }
    const operand = this.#primary();
    return negative ? { kind: 'negate', operand, start, end: operand.end } : operand;
  }

  #primary(): Expression {
    const token = this.#token;
    const span: Span = { start: token.start, end: token.end };
    switch (token.kind) {
      case 'number':
      case 'text':
        this.#at++;
        return token;
      case 'quotedName':
        this.#at++;
        return { kind: 'column', name: token.value, ...span };
      case 'word':
        return this.#word(token.value, span);
      case 'symbol':
        if (this.#takeSymbol('(')) {
          const inner = this.#or();
          const { end } = this.#expectSymbol(')');
          return { ...inner, start: span.start, end };
        }
        return this.#fail(t('a value is expected, but "{found}" was found.', { found: token.value }));
      case 'end':
        return this.#fail(t('a value is expected, but the expression ends.'));
    }
  }

  #word(word: string, span: Span): Expression {
    const lower = word.toLowerCase();
    this.#at++;
    if (lower === 'null') return { kind: 'null', ...span };
    if (lower === 'true' || lower === 'false') return { kind: 'boolean', value: lower === 'true', ...span };
    if (lower === 'case') return this.#case(span.start);
    if (keywords.has(lower)) {
      this.#at--;
      return this.#fail(
        t('a value is expected, but the word "{found}" was found.', { found: word }),
        t('If it is a column, write its name in double quotes: "{found}".', { found: word }),
      );
    }
    if (this.#takeSymbol('(')) return this.#call(lower, span);
    return { kind: 'column', name: word, ...span };
  }

  #call(lower: string, span: Span): Expression {
    const name = functionNames.find((known) => known === lower) ?? this.#unknownFunction(lower, span);
    const args = this.#list();
    const { end } = this.#expectSymbol(')');
    return { kind: 'call', name, args, start: span.start, end };
  }

  #unknownFunction(name: string, span: Span): FunctionName {
    throw expressionError(
      this.#source,
      span,
      t('there is no function "{name}".', { name }),
      t('The functions are {functions}.', { functions: functionNames.join(', ') }),
    );
  }

  #case(start: number): Expression {
    const subject = this.#isWord('when') ? undefined : this.#or();
    const branches: { when: Expression; then: Expression }[] = [];
    while (this.#takeWord('when')) {
      const tested = this.#or();
      this.#expectWord('then');
      const when: Expression =
        subject === undefined
          ? tested
          : { kind: 'comparison', operator: '=', left: subject, right: tested, start: tested.start, end: tested.end };
      branches.push({ when, then: this.#or() });
    }
    if (branches.length === 0) this.#fail(t('"when" is expected here.'));
    const { start: endsAt } = this.#token;
    const otherwise: Expression = this.#takeWord('else') ? this.#or() : { kind: 'null', start: endsAt, end: endsAt };
    const { end } = this.#token;
    this.#expectWord('end');
    return { kind: 'case', branches, otherwise, start, end };
  }

  #isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.value.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    const found = this.#isWord(word);
    if (found) this.#at++;
    return found;
  }

  #expectWord(word: string): void {
    if (!this.#takeWord(word)) this.#fail(t('"{word}" is expected here.', { word }));
  }

  #takeSymbol(symbol: string): boolean {
    const found = this.#token.kind === 'symbol' && this.#token.value === symbol;
    if (found) this.#at++;
    return found;
  }

  #expectSymbol(symbol: string): Token {
    const token = this.#token;
    if (!this.#takeSymbol(symbol)) this.#fail(t('"{symbol}" is expected here.', { symbol }));
    return token;
  }

  #fail(problem: string, remedy?: string): never {
    throw expressionError(this.#source, this.#token, problem, remedy);
  }
}
